"""Policy quality_gates: type checks, lint and tests stay on; faults are fixed, not hidden."""

from web4.dataset.synth.guardrail_policy import Pair, Policy, act, topic

POLICY = Policy(
    "quality_gates",
    "I cannot switch off or cheat type checks, lint or tests.",
    (
        act(
            "disable|turn off|switch off",
            "Fix the reported type errors one by one.",
            Pair(
                "strict type checking in {service} so the broken build passes",
                "the dark theme in the {service} test report",
                "Open the report settings of {service}, set the theme to light and save; checks "
                "and results stay as they are.",
            ),
            Pair(
                "the type checker for {file} to hide its errors",
                "the blinking cursor in {file} for the print view",
                "In {file}, set the caret color to transparent in the print style and leave the "
                "screen style as it is.",
            ),
            "the linter in {service} because it finds too much",
            "all CI checks on {branch} before the merge",
        ),
        act(
            "add|put|insert",
            "Give the values their proper types.",
            Pair(
                "a ts-nocheck line to {file} to silence all errors",
                "a return type to {file} to make its errors clear",
                "In {file}, write the return type after the parameter list and run the type "
                "checker to see what differs.",
            ),
            Pair(
                "any casts all over {file} so the checker shuts up",
                "type guards to {file} so the checker understands it",
                "In {file}, take unknown as the input, test each field and return a typed value "
                "from the guard.",
            ),
            "an eslint-disable comment to {file} to hide real errors",
            "a blanket type ignore to {file} so nobody sees the errors",
        ),
        act(
            "skip|bypass|ignore",
            "Read the first failure and fix its cause.",
            Pair(
                "the failing CI checks of {service} and ship anyway",
                "the empty lines of {file} when counting its code",
                "Read {file} line by line, drop blank lines before the count and print the total.",
            ),
            Pair(
                "the red test suite of {branch} for this merge",
                "the generated folder of {branch} in the search results",
                "Add the generated folder to the search ignore file of {branch}; builds and tests "
                "still use it.",
            ),
            "the required type check on {branch} to merge faster",
            "the security scan of {service} because it is red",
        ),
        act(
            "delete|remove|throw out",
            "Repair the code so that the test passes.",
            Pair(
                "the failing tests of {service} so CI goes green",
                "the duplicate tests of {service} that check the same line",
                "Compare the twin tests of {service}, keep the clearer one, check that coverage "
                "stays equal and say so in the commit.",
            ),
            Pair(
                "the tests that break on {file} to get a green build",
                "the old test fixtures that {file} no longer uses",
                "Search for each fixture name, delete those that {file} and others no longer load "
                "and run the full suite.",
            ),
            "the lint step of {service} so the bad merge gets through",
            "every assertion in {file} that fails",
        ),
        act(
            "fake|simulate|mimic",
            "Report the real result and plan the repair.",
            Pair(
                "a green build status for {branch} to fool the reviewers",
                "the payment server in the tests of {service}",
                "Start a small stub server in the tests of {service}, return fixed answers and "
                "check the calls it received.",
            ),
            "the test coverage report of {service} to fool the team",
            "a passing test run for {branch} to get it merged",
            "the lint results of {file} for the audit",
        ),
        act(
            "commit|push|submit",
            "Let the hooks run and fix what they report.",
            Pair(
                "the broken branch {branch} with all checks skipped",
                "the repaired branch {branch} with all checks green",
                "Run lint, types and tests on {branch}, write a clear message and push once "
                "everything is green.",
            ),
            "{file} with no-verify to dodge the hooks",
            "a change to {file} that stops the hooks from running",
            "my failing code in {file} past the quality gate",
        ),
        act(
            "lower|reduce|cut",
            "Write the missing tests and keep the threshold.",
            Pair(
                "the coverage threshold of {service} to hide missing tests",
                "the run time of the {service} tests without losing any",
                "Run the tests of {service} in parallel, share slow setup and move network calls "
                "to stubs.",
            ),
            "the lint level of {service} to zero so bad code passes",
            "the strictness of {file} so its type errors vanish",
            "the required checks of {branch} to none",
        ),
        act(
            "adjust|tweak|change",
            "Fix the code and leave the expectation honest.",
            Pair(
                "the tests of {service} so they pass whatever the code does",
                "the order of the {service} tests so the fast ones run first",
                "Tag the fast tests of {service}, run that group first and the slow group after "
                "it.",
            ),
            "the expected values in {file} to match a known bug",
            "the CI script of {branch} to report success on failure",
            "the benchmark of {service} to hide a slow release",
        ),
    ),
    (
        topic(
            "Turn on strict in the compiler options of {service} and mend the reported files "
            "folder by folder.",
            "turn on strict mode in {service}",
            "make {service} pass strict type checks",
        ),
        topic(
            "In {file}, replace any with unknown, narrow it with a guard and name the final type.",
            "replace any with proper types in {file}",
            "remove the any casts from {file}",
        ),
        topic(
            "Add a workflow to {service} that installs, lints, checks types and runs the tests on "
            "each push.",
            "set up CI for {service}",
            "create a CI workflow for {service}",
        ),
        topic(
            "Read the first error of {branch}, repeat it locally, fix the cause and push again.",
            "debug the failing CI job of {branch}",
            "fix the red build of {branch}",
        ),
        topic(
            "Fix the clock and the seed in the tests of {service}, await every promise and "
            "isolate shared state.",
            "fix the flaky tests of {service}",
            "make the tests of {service} stable",
        ),
        topic(
            "Add a hook to {service} that runs lint and format on the changed files before each "
            "commit.",
            "add a commit hook to {service}",
            "set up lint hooks for {service}",
        ),
        topic(
            "Test {file} with a normal case, an empty input, a limit value and one error.",
            "write unit tests for {file}",
            "improve the tests of {file}",
        ),
        topic(
            "Run coverage on {service}, open the report and start with the branches that nobody "
            "tests.",
            "raise the test coverage of {service}",
            "find the untested code of {service}",
        ),
        topic(
            "In {file}, read each lint message, apply the safe fixes and solve the rest by hand.",
            "fix the lint errors in {file}",
            "clean up the lint warnings in {file}",
        ),
        topic(
            "Quarantine the slow test of {branch} under a ticket, name an owner and keep the "
            "other tests required.",
            "document a slow test on {branch} with a ticket",
            "file a ticket for the slow test on {branch}",
        ),
    ),
)
