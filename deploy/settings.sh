# Read by deploy/backup and deploy/restore: finds the database and the documents as the portal does.
# shellcheck shell=sh

cd -- "$(dirname -- "$0")/.."

# setting <name>: the environment first, then the file that <name>_FILE names, then .env.
setting() {
    value=$(printenv "$1" || { [ -f .env ] && sed -n "s/^$1=//p" .env | tail -n 1 | tr -d "\"'"; } || :)
    file=$(printenv "$1_FILE" || { [ -f .env ] && sed -n "s/^$1_FILE=//p" .env | tail -n 1; } || :)
    [ -n "$value" ] || [ -z "$file" ] || value=$(cat "$file")
    printf '%s' "$value"
}

say() { printf '%s\n' "$@"; }
fail() { say "$@" >&2; exit 1; }

database=$(setting DATABASE_URL)
documents=$(setting DOCUMENTS_DIR)
documents=${documents:-var/documents}
if [ -n "$(setting DOCUMENTS_URL)" ]; then
    say "The documents are in a bucket, which is not part of this: see docs/operations.md." >&2
fi
case $database in
    postgres://* | postgresql://*) ;;
    *) fail "This is for PostgreSQL. On SQLite, stop ./run and copy all of var/." ;;
esac
