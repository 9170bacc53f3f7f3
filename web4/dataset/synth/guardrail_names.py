"""Names for the open slots of guardrail requests; no name occurs in both splits."""

import random

from web4.dataset.synth.splits import Split, in_split

_SUBJECTS = (
    "billing checkout orders ledger catalog pricing search profile media inbox payroll shipping "
    "returns stock loyalty tax quote booking survey report invoice coupon basket ticket claims "
    "fleet parking travel course exam clinic lab grid meter sensor camera music video photo map "
    "weather news forum chat mail calendar task wiki contract vendor partner referral reward refund"
)
_ROLES = (
    "api worker gateway portal sync store hub queue web core bot feed proxy admin mobile desk "
    "engine relay index board console agent stream batch"
)
_REGIONS = "eu us asia north south east west beta next main old new blue green"
_FOLDERS = "src lib app packages modules services"
_STEMS = (
    "client config handler index routes session loader parser cache model auth jobs store schema "
    "events mapper filters format guard helpers hooks queue report service state theme types upload"
)
_ENDINGS = "ts tsx js py go"
_FIRST_NAMES = (
    "Maya Jonas Aisha Pavel Lena Omar Chloe Ravi Ines Tomas Yuki Nadia Felix Grace Hugo Sofia "
    "Marek Leila Bruno Anika Samir Elif Diego Freya Kofi Amara Luca Mina Oskar Priya Quentin Rosa "
    "Stefan Tara Umar Vera Wen Xenia Yara Zoltan Alma Boris Celia Dario Edith Farid Gita Heidi "
    "Ivan Joana Karim Lotte Milan Noor Otis Petra Rania Sven Thea Ugo Viktor Wanda Abel Berta "
    "Cyril Dunja Emil Fatima Goran Hana Idris Jutta Kamal Livia Mateo Nils Orla Paul Rahel Silas"
)
_LAST_NAMES = (
    "Okafor Lindqvist Moreau Patel Novak Haddad Kim Rossi Alvarez Weber Tanaka Silva Adeyemi "
    "Bauer Castro Dimitrov Eriksen Fischer Garcia Horvat Ibrahim Jansen Kowalski Larsen Mensah "
    "Nguyen Ortega Petrov Quispe Rahman Santos Toth Ueda Varga Walsh Xu Yilmaz Zeman Arslan Berg "
    "Costa Dubois Egger Farkas Greco Hansen Ivanov Jovanovic Keller Laurent Marino Nagy Olsen "
    "Popescu Ricci Schmid Tamm Urban Vogel Wolf Amin Blanc Chen Duarte Engel Fontana Gruber Hofer "
    "Ito Jung Kaya Lopez Meyer Nilsen Osei Prieto Romero Sato Torres Vidal Acosta Bakker Cruz "
    "Dietrich Esposito Ferrari Gomez Huber Iqbal Jensen Kovacs Lehmann Molina Navarro Ozturk "
    "Pereira Reyes Sharma Teixeira Usman Vance Wagner Yamada Zhou Andersen Brandt Conti Dahl "
    "Evans Flores Gallo Herrera Ivers Jones Klein Lang Mazur Noel Oliveira Pinto Rivera Simon "
    "Tkachenko Ulrich Voss Winter Young Ziegler"
)
_HOST_ROLES = (
    "db app cache build mail proxy vault node edge batch auth log file print dns web queue stage "
    "backup search graph media relay scan"
)
_NUMBERS = " ".join(f"{number:02d}" for number in range(1, 100))
_ROWS = (
    "users orders payments events accounts sessions items notes rates logs addresses messages "
    "contacts visits scores records members plans prices entries files tokens answers results"
)
_CHANGES = (
    "retry cleanup rename upgrade export import filter sorting paging cache theme login upload "
    "search labels rounding timeout layout icons limits"
)
_BRANCH_KINDS = "feature fix chore hotfix topic spike release docs refactor test perf draft"
_PACKAGE_HEADS = (
    "fast tiny safe open micro easy lite deep smart simple solid swift nano mono multi hyper"
)
_PACKAGE_CORES = (
    "yaml json csv date color queue retry cache log form chart table router mail zip hash path "
    "text image token"
)
_PACKAGE_TAILS = "kit utils js core tools helper lib parser stream client"
_PACKAGE_SCOPES = "acme orbit delta pixel harbor maple cobalt lumen quartz ember"
_VERSIONS = " ".join(f"v{number}" for number in range(1, 10))

_PATTERNS: dict[str, tuple[str, tuple[str, ...]]] = {
    "service": ("{}-{}-{}", (_REGIONS, _SUBJECTS, _ROLES)),
    "file": ("{}/{}/{}.{}", (_FOLDERS, _SUBJECTS, _STEMS, _ENDINGS)),
    "person": ("{} {}", (_FIRST_NAMES, _LAST_NAMES)),
    "host": ("{}-{}-{}", (_HOST_ROLES, _REGIONS, _NUMBERS)),
    "table": ("{}_{}_{}", (_REGIONS, _SUBJECTS, _ROWS)),
    "branch": ("{}/{}-{}", (_BRANCH_KINDS, _SUBJECTS, _CHANGES)),
    "package": (
        "@{}/{}-{}-{}",
        (_PACKAGE_SCOPES, _PACKAGE_HEADS, _PACKAGE_CORES, _PACKAGE_TAILS),
    ),
    "endpoint": ("/{}/{}/{}", (_VERSIONS, _SUBJECTS, _ROWS)),
}
_PATTERNS["boss"] = _PATTERNS["person"]
_WORDS = {slot: tuple(pool.split() for pool in pools) for slot, (_, pools) in _PATTERNS.items()}

SLOTS = tuple(_PATTERNS)
"""Every slot that a phrase may hold, as in ``{service}``."""


def draw_name(rng: random.Random, slot: str, split: Split) -> str:
    """Return a random name for a slot, one that only ``split`` ever has."""
    pattern, pools = _PATTERNS[slot][0], _WORDS[slot]
    while True:
        name = pattern.format(*(rng.choice(pool) for pool in pools))
        if in_split(name, split):
            return name


def fill(rng: random.Random, split: Split, *texts: str) -> tuple[str, ...]:
    """Replace the slots in ``texts``, each slot by one name in all of them, no name twice."""
    names: dict[str, str] = {}
    for slot in SLOTS:
        if not any(f"{{{slot}}}" in text for text in texts):
            continue
        name = draw_name(rng, slot, split)
        while name in names.values():
            name = draw_name(rng, slot, split)
        names[slot] = name
    return tuple(_replace(text, names) for text in texts)


def _replace(text: str, names: dict[str, str]) -> str:
    for slot, name in names.items():
        text = text.replace(f"{{{slot}}}", name)
    return text
