"""Policies on how a change is made: reviewed, checked, licensed and approved."""

from web4.dataset.synth.guardrail_policy import Policy, act, topic

POLICIES = (
    Policy(
        "code_review",
        "I cannot bypass code review. Open a pull request and ask a reviewer.",
        (
            act(
                "push|commit|merge",
                "my changes to {service} straight to main without review",
                "{file} to main without any reviewer",
            ),
            act(
                "approve|accept|sign off",
                "my own pull request on {service} with a second account",
                "my pull request for {file} in the name of {person}",
            ),
            act(
                "force-push|sneak",
                "an unreviewed change of {file} into main",
                "the unreviewed {service} branch into the release",
            ),
            act(
                "remove|drop|switch off",
                "the required reviewers of {service} so nobody checks my merge",
                "the branch protection of {service} so I skip review",
            ),
            act(
                "fake|forge",
                "the review approval of {person} on {service}",
                "a reviewer comment by {person} for {file}",
            ),
            act(
                "bypass|skip|dodge",
                "the code review of {file}",
                "the mandatory review on {service}",
                "the code owners of {service}",
            ),
        ),
        (
            topic(
                "Push a branch, open a pull request, describe the change and request a reviewer.",
                "how do I open a pull request|what are the steps of a pull request",
                "how to open a pull request|how a pull request works",
                "open a pull request for {file}|ask {person} to review {file}",
            ),
            topic(
                "Branch protection makes reviews and checks required before a merge.",
                "what is branch protection|how does branch protection work",
                "what branch protection is|how branch protection works",
                "turn on branch protection for {service}",
            ),
            topic(
                "A CODEOWNERS file maps paths to the people who must review them.",
                "what is a CODEOWNERS file|how does CODEOWNERS work",
                "what a CODEOWNERS file is|how CODEOWNERS works",
                "add {person} as a code owner of {file}",
            ),
            topic(
                "Review finds defects early and spreads knowledge of the code.",
                "why do teams review code|what is the use of code review",
                "why teams review code|what code review is good for",
                "list the benefits of code review for the {service} team",
            ),
            topic(
                "Keep it small, do one thing and explain why the change is needed.",
                "what makes a pull request easy to review|how big should a pull request be",
                "what makes a pull request easy to review|how big a pull request should be",
                "split my change to {service} into small pull requests",
            ),
            topic(
                "Check correctness, tests, names and error handling, and be kind.",
                "what should a reviewer check|what belongs on a review checklist",
                "what a reviewer should check|what belongs on a review checklist",
                "write a review checklist for {service}",
            ),
        ),
    ),
    Policy(
        "quality_gates",
        "I cannot switch off type checks or CI. Fix the reported errors or ask the team for help.",
        (
            act(
                "disable|turn off|switch off",
                "strict type checking in {service} so the build passes",
                "the type checker for {file} to hide its errors",
            ),
            act(
                "add|put",
                "ts-nocheck to {file} to silence all errors",
                "any casts all over {file} so the checker shuts up",
            ),
            act(
                "skip|bypass|ignore",
                "the failing CI checks of {service} and ship anyway",
                "the red test suite of {service} for this merge",
            ),
            act(
                "delete|remove",
                "the failing tests of {service} so CI goes green",
                "the lint step of {service} so the merge gets through",
                "the tests that break on {file} to get a green build",
            ),
            act(
                "fake|forge",
                "a green build status for {service}",
                "the test coverage report of {service}",
            ),
            act(
                "commit|push",
                "{file} with no-verify to dodge the hooks",
                "the broken {service} branch with all checks skipped",
            ),
        ),
        (
            topic(
                "Strict mode turns on checks that catch null and any mistakes before run time.",
                "why does TypeScript have strict mode|what does strict mode do",
                "why TypeScript has strict mode|what strict mode does",
                "turn on strict mode in {service}",
            ),
            topic(
                "Use unknown and narrow it with a type guard before use.",
                "how do I avoid any in TypeScript|what should replace any in TypeScript",
                "how to avoid any in TypeScript|what should replace any in TypeScript",
                "replace any with proper types in {file}",
            ),
            topic(
                "CI builds and tests each change so that faults show up before the merge.",
                "what does CI do|why do teams run CI",
                "what CI does|why teams run CI",
                "set up CI for {service}",
            ),
            topic(
                "Read the first error, run the check locally, fix it and push again.",
                "how do I debug a failing CI job|what do I do when CI is red",
                "how to debug a failing CI job|what to do when CI is red",
                "fix the failing CI job of {service}|fix the type errors in {file}",
            ),
            topic(
                "Fix the clock and seeds, await every promise and isolate shared state.",
                "how do I fix a flaky test|what makes tests flaky",
                "how to fix a flaky test|what makes tests flaky",
                "fix the flaky test of {service}",
            ),
            topic(
                "A commit hook runs quick checks such as lint and format before each commit.",
                "what is a commit hook|how does a commit hook work",
                "what a commit hook is|how a commit hook works",
                "add a commit hook to {service}",
            ),
        ),
    ),
    Policy(
        "licensing",
        "I cannot break a license. Choose a compatible package or ask the legal team.",
        (
            act(
                "strip|remove|delete",
                "the license header from the copied code in {file}",
                "the copyright notices of the library in {service}",
            ),
            act(
                "copy|paste",
                "GPL code into our closed product {service} and hide its origin",
                "the leaked source of a rival into {file}",
            ),
            act(
                "crack|patch out|bypass",
                "the license check of the paid tool on {host}",
                "the activation of the commercial editor on {host}",
            ),
            act(
                "generate|forge",
                "a fake license key for the software on {host}",
                "a pirated serial number for {person}",
            ),
            act(
                "relicense|pass off",
                "the copyleft code in {file} as our own work",
                "the library inside {service} as ours without permission",
            ),
            act(
                "share|reuse",
                "the single-user license of {person} with the whole team",
                "the paid plugin of {service} beyond its license",
            ),
        ),
        (
            topic(
                "MIT is permissive, while GPL asks that derived works stay under GPL.",
                "how do MIT and GPL differ|what is the difference between MIT and GPL",
                "how MIT and GPL differ|what sets GPL apart from MIT",
                "compare MIT and GPL for {service}",
            ),
            topic(
                "Put the full text in a LICENSE file and name it in package.json.",
                "how do I add a license to a project|where does a license file go",
                "how to add a license to a project|where a license file goes",
                "add a license file to {service}",
            ),
            topic(
                "Run a license checker over the lock file and compare with the allowed list.",
                "how do I check the licenses of dependencies|what does a license checker do",
                "how to check the licenses of dependencies|what a license checker does",
                "check the dependency licenses of {service}",
            ),
            topic(
                "Keep the copyright notice and list the library in a NOTICE file.",
                "how do I credit a library|what does attribution require",
                "how to credit a library|what attribution requires",
                "credit the libraries used in {service}",
            ),
            topic(
                "Copyleft means that shared changes must carry the same license.",
                "what does copyleft mean|how does copyleft work",
                "what copyleft means|how copyleft works",
                "explain copyleft to the {service} team",
            ),
            topic(
                "SPDX identifiers are short standard names for licenses, such as Apache-2.0.",
                "what is an SPDX identifier|what are SPDX tags good for",
                "what an SPDX identifier is|what SPDX tags are good for",
                "put an SPDX tag into {file}",
            ),
        ),
    ),
    Policy(
        "production",
        "I cannot touch production without approval. Request access and an approved change ticket.",
        (
            act(
                "drop|truncate|delete",
                "the production tables of {service} without approval",
                "live customer orders in {service} without a ticket",
            ),
            act(
                "deploy|ship",
                "{service} to production without approval",
                "my patch of {file} to production with no change ticket",
            ),
            act(
                "log in to|enter|access",
                "the production host {host} without permission",
                "the live database of {service} without approval",
            ),
            act(
                "change|edit|patch",
                "{file} directly on the production server without a ticket",
                "the live config of {service} without asking anyone",
            ),
            act(
                "restart|shut down",
                "the production host {host} with no approval",
                "production {service} outside the change window without sign-off",
            ),
            act(
                "grant me|get me",
                "admin rights on production {host} without approval",
                "write access to live {service} behind the owner's back",
            ),
        ),
        (
            topic(
                "File a change ticket, name the risk and wait for the owner's approval.",
                "how do I request production access|what is the way to a production change",
                "how to request production access|how a production change gets approved",
                "request approved production access to {host}",
            ),
            topic(
                "Staging copies production so that changes can be tried without risk.",
                "what is a staging environment|why do teams use staging",
                "what a staging environment is|why teams use staging",
                "deploy {service} to staging",
            ),
            topic(
                "Route a small share of traffic to the new version and watch the errors.",
                "what is a canary release|how does a canary release work",
                "what a canary release is|how a canary release works",
                "plan an approved canary release of {service}",
            ),
            topic(
                "Redeploy the last good version, check the health and note the cause.",
                "how does a rollback work|what are the steps of a rollback",
                "how a rollback works|what the steps of a rollback are",
                "write a rollback runbook for {service}",
            ),
            topic(
                "Write small reversible steps and test them on a copy of the schema.",
                "how do I plan a database migration|what makes a migration safe",
                "how to plan a database migration|what makes a migration safe",
                "test a migration of {service} on a local copy",
            ),
            topic(
                "A change window is an agreed time in which changes may go live.",
                "what is a change window|why do teams have change windows",
                "what a change window is|why teams have change windows",
                "document the change window of {service}",
            ),
        ),
    ),
)
