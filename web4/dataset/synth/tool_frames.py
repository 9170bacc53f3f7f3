"""What stands around a tool request: courtesies, contexts, and files that are not meant.

``{other}`` is a path that the request has nothing to do with.
"""

from collections.abc import Mapping

from web4.dataset.synth.tool_grammar import Form, Frame

_IMPERATIVES = (
    Frame("{S}.", weight=5),
    Frame("{s}", weight=4),
    Frame("[Please|Kindly|Now please] {s}."),
    Frame("[Can|Could|Would|Will] you [please |]{s}?", weight=2),
    Frame("{S}[, please|, thanks]."),
    Frame("I [need|want|would like] you to {s}."),
    Frame("[Next|Now|Then|Right]: {s}."),
    Frame("[Before the review|Before I go on|For the stand-up|While I wait], {s}."),
    Frame("[I'm new here|I'm in a hurry|CI is waiting|I lost track|We ship today], so {s}."),
    Frame("{S}; [do nothing else|that is all|nothing more|leave the rest alone]."),
    Frame("[Hey|Hi|Hello|OK|All right], {s}."),
    Frame("[You can|Go ahead and|You should|Time to] {s}."),
    Frame("[Your task|Next task|The job|My request]: {s}."),
    Frame("[Would you be so kind|Could you help me]? {S}."),
    Frame("[It would help if you could|It would be great if you could|I'd be glad if you'd] {s}."),
    Frame("[As soon as you can|At your convenience|Without delay], {s}."),
    Frame("[Let's|Let us] [get going|begin|move on]: {s}."),
    Frame("[The build is red|The release is close|My laptop is slow], so {s}."),
    Frame("[Be so kind as to|Be so good as to] {s}."),
    Frame("[Quick one|Small one|Another thing|One more thing]: {s}."),
    Frame("[What I need now|What I want]: {s}."),
    Frame("[I'm pairing with a colleague|I'm back from lunch|I have a call soon]; {s}."),
    # The distractors: a file that is mentioned and has no part in the request.
    Frame("[I am done with|I just closed|Never mind|Forget about] {other}. {S}."),
    Frame("{other} is [fine as it is|done|in good shape]. {S}."),
    Frame("[Ignore|Forget] what I said about {other}. {S}."),
    Frame("[Somebody else|Ana|My colleague] [takes care of|is looking after] {other}. {S}."),
    Frame("{S}. [Nothing is to be done about|There is nothing to do about] {other}."),
    Frame("{S}. {other} is [fine as it is|done already|not our concern]."),
    Frame("{S}. (I [mean|really mean] {path}, not {other}.)"),
    Frame("{S}; [leave {other} alone|leave {other} as it is|do not touch {other}]."),
    Frame("This is not about {other}: {s}."),
    Frame("Do me a favor and {s}.", unseen=True),
    Frame("Without further ado, {s}.", unseen=True),
    Frame("There is something you can do for me: {s}.", unseen=True),
    Frame("I was going to ask about {other}, but that can wait. {S}.", unseen=True),
    Frame("{S}. Pay no attention to {other}.", unseen=True),
)
_WHOLES = (
    Frame("{S}", weight=6),
    Frame("[Hi|Hello|OK|Hey there|Right]. {S}"),
    Frame("[I'm new here|I'm in a hurry|CI is waiting|I lost track|We ship today]. {S}"),
    Frame("{S} [Thanks|Thank you|Cheers]."),
    Frame("{S} [Nothing else|That is all|Nothing more]."),
    Frame("[Next one|A quick one|One more thing|Small request|Next task]. {S}"),
    Frame("[Before the review|Before I go on|While I wait|For the stand-up] I have a request. {S}"),
    Frame("[Please help|Help me out|A hand, please]. {S}"),
    Frame("[The build is red|The release is close|My laptop is slow]. {S}"),
    Frame("[This is urgent|No hurry|Something for you]. {S}"),
    Frame("{S} [I'm waiting|I'll be right here|Take your time]."),
    Frame("[Let's move on|Let's get going|Back to work]. {S}"),
    Frame("[I'm pairing with a colleague|I'm back from lunch|I have a call soon]. {S}"),
    Frame("[I need your help|You can help me|Now for you]. {S}"),
    Frame("{S} [Many thanks in advance|Much appreciated]."),
    # The distractors.
    Frame("[I am done with|I just closed|Never mind|Forget about] {other}. {S}"),
    Frame("{other} is [fine as it is|done|in good shape]. {S}"),
    Frame("[Ignore|Forget] what I said about {other}. {S}"),
    Frame("[Somebody else|Ana|My colleague] [takes care of|is looking after] {other}. {S}"),
    Frame("{S} [Nothing is to be done about|There is nothing to do about] {other}."),
    Frame("{S} {other} is [fine as it is|done already|not our concern]."),
    Frame("{S} (I mean {path}, not {other}.)"),
    Frame("This is not about {other}. {S}"),
    Frame("Something small on my mind. {S}", unseen=True),
    Frame("Here is what I would like from you. {S}", unseen=True),
    Frame("{S} I owe you one.", unseen=True),
    Frame("I was going to ask about {other}, but that can wait. {S}", unseen=True),
    Frame("{S} Pay no attention to {other}.", unseen=True),
)

FRAMES: Mapping[Form, tuple[Frame, ...]] = {
    "imperative": _IMPERATIVES,
    "open": _IMPERATIVES,
    "whole": _WHOLES,
}
