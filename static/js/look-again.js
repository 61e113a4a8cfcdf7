// Brings a page about work in the background up to date while somebody looks at it. Its link "Look again" does the same.

const PAUSE = 4000;

const name = "[data-look-again]";

async function look() {
  const shown = document.querySelector(name);
  if (!shown) return; // the work has ended
  if (document.visibilityState === "visible" && !shown.contains(document.activeElement)) await renew(shown);
  setTimeout(look, PAUSE);
}

async function renew(shown) {
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" }, redirect: "error" });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById(shown.id);
    if (fresh) shown.replaceWith(document.adoptNode(fresh));
  } catch {
    // signed out, or away: the page stays as it is
  }
}

setTimeout(look, PAUSE);
