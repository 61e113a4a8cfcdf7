from positions.models.catalogue import (
    Consulate,
    ContractingOrganization,
    DepartureGroup,
    Duty,
    DutyKind,
    PositionCode,
    PositionType,
    Requirement,
    Sport,
)
from positions.models.rounds import (
    ChangeKind,
    InterviewMode,
    RecruitmentRound,
    RoundChange,
    RoundKind,
    RoundState,
    Vacancy,
)

__all__ = [
    "ChangeKind",
    "Consulate",
    "ContractingOrganization",
    "DepartureGroup",
    "Duty",
    "DutyKind",
    "InterviewMode",
    "PositionCode",
    "PositionType",
    "RecruitmentRound",
    "Requirement",
    "RoundChange",
    "RoundKind",
    "RoundState",
    "Sport",
    "Vacancy",
]
