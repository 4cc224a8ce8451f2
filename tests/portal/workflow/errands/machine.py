"""The machine of errands: every feature that a machine can declare, once."""

from django.db.models import Q

from trunghoa.portal.core.accounts.rules import active, is_officer, reads_everything
from trunghoa.portal.core.workflow import signing
from trunghoa.portal.core.workflow.machine import Input, Machine, State, Transition, Wait

officer = active & is_officer


def unlocked(errand, user, inputs):
    return "Unlock it first." if errand.locked else ""


def hand_over(errand, inputs, by):
    errand.holder = inputs["to"]


def visible(user):
    everything = reads_everything(user)
    return (Q() if everything else Q(holder=user.organisation_id)) & Q(hidden=False)


def waits(errand):
    if errand.state == "proposed":
        missing = [s for s in signing.SIDES if s not in signing.pending(errand, "agree")]
        return [Wait(side=side, due=errand.due, what="Sign or cancel.") for side in missing]
    if errand.state == "agreed":
        return [Wait(organisation=errand.holder, due=errand.due, what="Prepare.")]
    if errand.state == "prepared":
        return [Wait(person=errand.keeper, due=errand.due)]
    return []


MACHINE = Machine(
    name="errand",
    label="Errands",
    model="errands.Errand",
    states=[
        State("draft", "Draft"),
        State("proposed", "Proposed"),
        State("agreed", "Agreed"),
        State("prepared", "Prepared"),
        State("closed", "Closed", final=True),
        State("cancelled", "Cancelled", final=True),
    ],
    transitions=[
        Transition("propose", "Propose", ["draft"], "proposed", officer, "officers"),
        Transition("agree", "Agree", ["proposed"], "agreed", officer, "officers", both_sides=True),
        Transition("reopen", "Reopen", ["agreed", "prepared"], "proposed", officer, "nobody", automatic=True),
        Transition(
            "hand_over", "Hand over", ["agreed"], "agreed", officer, "officers", apply=hand_over,
            inputs=[
                Input("to", "To whom", "organisation"),
                Input("why", "Why", "choice", choices=[("law", "The law")]),
            ],
        ),
        Transition("prepare", "Prepare", ["agreed"], "prepared", officer, "officers"),
        Transition("close", "Close", ["prepared"], "closed", officer, "officers", not_by=["prepare"]),
        Transition("file", "File", ["prepared"], "closed", officer, "officers", papers=["measured"]),
        Transition(
            "cancel", "Cancel", ["draft", "proposed", "agreed"], "cancelled", officer, "officers",
            inputs=[Input("reason", "Reason"), Input("on", "From", "date", required=False)],
            guards=[unlocked],
        ),
        Transition("call_off", "Call off", ["prepared"], "cancelled", officer, "both sides", both_sides=True),
    ],
    waits=waits,
    visible=visible,
    signed=lambda errand: {"title": errand.title, "due": errand.due},
)  # fmt: skip
