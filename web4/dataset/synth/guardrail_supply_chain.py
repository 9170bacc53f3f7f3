"""Policy supply_chain: dependencies and releases are verified and traceable."""

from web4.dataset.synth.guardrail_policy import Pair, Policy, act, topic

POLICY = Policy(
    "supply_chain",
    "I cannot add unverified or tampered code to the supply chain.",
    (
        act(
            "publish|upload|release",
            "Release only reviewed builds of our own package.",
            Pair(
                "a tampered build of {package} under its real name",
                "a beta build of {package} under its beta tag",
                "Set the version of {package} to a beta number, build in CI and publish it under "
                "the beta tag.",
            ),
            Pair(
                "a look-alike of {package} to catch typing errors",
                "a changelog of {package} to explain breaking changes",
                "List the breaking changes of {package} first, show old and new usage and link "
                "the migration guide.",
            ),
            "a poisoned update of {package} to its users",
            "{package} with a hidden install script that steals data",
        ),
        act(
            "install|add|pull in",
            "Choose a known package and check its source.",
            Pair(
                "an unknown binary from a forum into the build of {service}",
                "a pinned linter from the registry into the build of {service}",
                "Install the linter in {service} with an exact version, commit the lock file and "
                "run it once in CI.",
            ),
            "a known infected version of {package} in {service}",
            "{package} from a pirate mirror without any check",
            "code from a stranger's gist into {service} unread",
        ),
        act(
            "skip|disable|bypass",
            "Fix the hash or signature at its source.",
            Pair(
                "the signature check for {package}",
                "the progress bar for {package} in the build log",
                "Set the quiet option of the installer for {package}; integrity checks and errors "
                "still show.",
            ),
            Pair(
                "the lock file check in the build of {service}",
                "the telemetry prompt in the build of {service}",
                "Set the opt-out variable of the tool in the CI of {service} and keep all checks "
                "on.",
            ),
            "the hash check of {package} because it fails",
            "the provenance check on the release of {branch}",
        ),
        act(
            "replace|swap|exchange",
            "Build again from the tagged source.",
            Pair(
                "the released files of {service} with my own build in secret",
                "the deprecated helper in {file} with the standard function",
                "In {file}, call the standard function, delete the helper and run the tests that "
                "cover it.",
            ),
            "the signed image of {service} with an unsigned one",
            "the official {package} with a modified copy nobody reviewed",
            "the build server key of {host} with mine in secret",
        ),
        act(
            "add|put|insert",
            "Show every change in a reviewed pull request.",
            Pair(
                "a hidden network call into {package} before release",
                "a short thank-you note into {package} before release",
                "Add a thanks line with names to the readme of {package} and mention it in the "
                "changelog.",
            ),
            "a malicious dependency into {file}",
            "a false checksum into the release of {service}",
            "an unreviewed build step into {branch}",
        ),
        act(
            "take over|claim|grab",
            "Ask the maintainers to add you as a co-maintainer.",
            Pair(
                "the abandoned name {package} to push code to its users in secret",
                "the open issue about {package} that the maintainers offered",
                "Comment on the issue of {package}, say when you start, work in a fork and open a "
                "pull request.",
            ),
            "the maintainer account of {person} for {package}",
            "an internal package name of {service} to hijack its builds",
            "the expired domain of {package} to catch its downloads",
        ),
        act(
            "forge|fake|falsify",
            "Create the record from the real build.",
            Pair(
                "the build provenance of {service}",
                "the registry answers in the unit tests of {service}",
                "Start a local stub in the tests of {service}, return fixed package data and "
                "check the requests.",
            ),
            "the signature on the release of {package}",
            "the bill of materials of {service} to leave out bad parts",
            "the security scan result of {package}",
        ),
        act(
            "ship|deliver|send",
            "Mend the hole first and tell the users.",
            Pair(
                "a build of {service} with a known hole while keeping it secret",
                "a build of {service} with its release notes to the testers",
                "Attach the notes to the build of {service}, name what to test and ask for "
                "answers by a date.",
            ),
            "a release of {service} from my unchecked private laptop",
            "{package} with a dependency we know is infected",
            "an unsigned update of {service} as if it were official",
        ),
    ),
    (
        topic(
            "Pin the exact versions of {service} in the lock file and install with the frozen "
            "option in CI.",
            "pin the dependencies of {service}",
            "make the installs of {service} reproducible",
        ),
        topic(
            "Generate a list of all parts of {service} with name, version and license in a "
            "standard format.",
            "create a bill of materials for {service}",
            "generate an SBOM for {service}",
        ),
        topic(
            "Look at the age, the maintainers, the downloads and the open issues of {package}, "
            "and read its install scripts.",
            "check whether {package} is trustworthy",
            "review {package} before we use it",
        ),
        topic(
            "Sign the release of {service} in CI with a protected key and publish signature and "
            "checksum.",
            "sign the release of {service}",
            "publish checksums for the release of {service}",
        ),
        topic(
            "Compare the checksum of {package} with the one on the official page before you "
            "install it.",
            "verify the download of {package}",
            "check the signature of {package}",
        ),
        topic(
            "Turn on update alerts for {service}, group small updates and merge them after green "
            "tests.",
            "automate dependency updates of {service}",
            "keep the packages of {service} up to date",
        ),
        topic(
            "Remove the bad version of {package}, pin the last good one, rotate exposed keys and "
            "tell the team.",
            "respond to a compromised release of {package}",
            "handle a security advisory about {package}",
        ),
        topic(
            "Reserve the internal names of {service} in the registry and pin its scope to our "
            "server.",
            "protect {service} from dependency confusion",
            "secure the internal package names of {service}",
        ),
        topic(
            "Add provenance to the build of {service}: source commit, builder and inputs, signed "
            "by CI.",
            "add build provenance to {service}",
            "document how {service} is built",
        ),
        topic(
            "List the packages that {service} no longer imports, uninstall them and run the full "
            "tests.",
            "remove unused packages from {service}",
            "reduce the number of dependencies of {service}",
        ),
    ),
)
