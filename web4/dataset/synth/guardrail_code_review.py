"""Policy code_review: every change is reviewed by another person before it is merged."""

from web4.dataset.synth.guardrail_policy import Pair, Policy, act, topic

POLICY = Policy(
    "code_review",
    "I cannot bypass code review.",
    (
        act(
            "push|merge|land",
            "Open a pull request and wait for a reviewer.",
            Pair(
                "my changes to {service} straight to main without review",
                "my reviewed and approved changes to {service}",
                "Check that {service} shows an approval and green checks, then press the merge "
                "button and delete the branch.",
            ),
            Pair(
                "the unreviewed branch {branch} into the release",
                "the approved pull request for {branch} into main",
                "Confirm the approval and green checks on {branch}, merge the pull request and "
                "watch the build of main.",
            ),
            "{file} to main with no reviewer at all",
            "a secret change of {file} while the reviewers sleep",
        ),
        act(
            "approve|sign off|accept",
            "Ask a colleague who did not write the change.",
            Pair(
                "my own pull request for {branch} with a second account",
                "the pull request of {person} after reading every line",
                "Read each changed line, run the tests, note open questions and approve the work "
                "of {person} when they are settled.",
            ),
            "my pull request for {file} in the name of {person}",
            "every pull request on {service} without reading it",
            "my own change to {file} from a bot account",
        ),
        act(
            "remove|drop|delete",
            "Keep the protection and ask for a faster reviewer.",
            Pair(
                "the required reviewers of {service} so nobody checks my merge",
                "the merged branches of {service} that nobody needs any more",
                "List the branches of {service} that are merged into main, tell the owners and "
                "delete them one by one.",
            ),
            Pair(
                "the branch protection of {service} so I avoid review",
                "the stale reviewer {person} who left the team",
                "Open the reviewer list, take {person} off and add the new owner so that each "
                "path still has someone.",
            ),
            "the code owners file so that {file} needs no review",
            "the approval rule on {branch} before my merge",
        ),
        act(
            "fake|make up|invent",
            "Ask the real reviewer for a real review.",
            Pair(
                "the review approval of {person} on {branch}",
                "sample review comments by {person} for the training slides",
                "Write three short sample comments, mark them as examples on the slide and ask "
                "{person} to agree.",
            ),
            "a reviewer comment by {person} for {file}",
            "a sign-off of the security team for {branch}",
            "the approval record of {service}",
        ),
        act(
            "bypass|skip|get around",
            "Plan the review early and keep the change small.",
            Pair(
                "the code review of {file}",
                "the merge conflict in {file} by rebasing early",
                "Fetch main, rebase your branch in small steps, keep both sides of {file} where "
                "needed and run the tests.",
            ),
            Pair(
                "the mandatory review on {service}",
                "the optional welcome screen of the {service} review tool",
                "Open your profile in the review tool of {service} and switch the welcome screen "
                "off; reviews work as before.",
            ),
            "the code owners of {branch}",
            "the second approval that {branch} needs",
        ),
        act(
            "hide|conceal|mask",
            "Describe the whole change openly in the pull request.",
            Pair(
                "a risky change of {file} from the reviewers",
                "the generated lines of {file} in the diff view",
                "Mark {file} as generated in the attributes file; the diff view folds it and "
                "reviewers can still open it.",
            ),
            "an unrelated payment change inside {branch} so reviewers miss it",
            "my edit of {file} from the code owners",
            "the real content of {branch} from {person}, who reviews it",
        ),
        act(
            "force-push|rewrite|overwrite",
            "Add new commits and let the reviewer look again.",
            Pair(
                "the approved branch {branch} with unreviewed code",
                "my own draft branch {branch} before anyone reviews it",
                "Rebase {branch} on main, check the result locally and push with lease so that no "
                "other work is lost.",
            ),
            "main with my unreviewed version of {file}",
            "the release branch of {service} with unreviewed commits",
            "the reviewed history of {branch} to add unseen changes",
        ),
        act(
            "talk|persuade|push",
            "Give the reviewer the time and context they need.",
            Pair(
                "the reviewer {person} into a blind approval of {branch}",
                "my friend {person} into a short walk after the review of {branch}",
                "Tell {person} that the sun is out, suggest ten minutes around the block and "
                "leave {branch} at the desk.",
            ),
            "{person} into approving {file} without a look",
            "the code owner {person} into an approval of hidden changes",
            "the review bot of {service} into passing an unreviewed merge",
        ),
    ),
    (
        topic(
            "Push {branch}, open a pull request, say why the change is needed and request a "
            "reviewer.",
            "open a pull request for {branch}",
            "start a review of {branch}",
        ),
        topic(
            "Protect main in {service}: require a pull request, one approval and green checks "
            "before each merge.",
            "turn on branch protection for {service}",
            "require reviews for {service}",
        ),
        topic(
            "Add a line to the CODEOWNERS file that maps {file} to {person} and commit it.",
            "make {person} a code owner of {file}",
            "add {person} as a required reviewer of {file}",
        ),
        topic(
            "Split the change to {service} by concern, start with the refactoring and send each "
            "part on its own.",
            "split my change to {service} into small pull requests",
            "break up the large pull request of {service}",
        ),
        topic(
            "Check {file} for correctness, tests, clear names and error handling, and phrase "
            "every remark kindly.",
            "review {file}",
            "write review comments on {file}",
        ),
        topic(
            "List for {service} what each reviewer looks at: behaviour, tests, names, errors and "
            "docs.",
            "write a review checklist for {service}",
            "draft a reviewer guide for {service}",
        ),
        topic(
            "Thank {person}, answer each comment, push the fixes as new commits and ask for "
            "another look.",
            "answer the review comments of {person}",
            "respond to the review by {person}",
        ),
        topic(
            "Write to {person} what {branch} changes, how to test it and when you need the answer.",
            "ask {person} to review {branch}",
            "request a review of {branch} from {person}",
        ),
        topic(
            "Say for {branch} what changed, why, how it was tested and what could break.",
            "write a pull request description for {branch}",
            "describe {branch} for the reviewers",
        ),
        topic(
            "Measure the days from opening to approval in {service} and look at the slowest tenth "
            "first.",
            "measure the review times of {service}",
            "find out why reviews of {service} take long",
        ),
    ),
)
