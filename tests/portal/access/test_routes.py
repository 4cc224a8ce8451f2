"""Every address of the portal against every role: who is let in, who is turned away, who is asked to sign in.

An address that is added without a row here fails the first test.
"""

from __future__ import annotations

import logging
from urllib.parse import urlsplit

import pytest
from django.db import transaction
from django.test import Client
from django.urls import NoReverseMatch, get_resolver, reverse

from trunghoa.portal.core.charts import beside

from .circles import (
    ALL,
    ATTENDS,
    HAND_IN,
    KEEPERS,
    KEEPS_SCENARIO,
    MAKES_SCENARIOS,
    NOBODY,
    OF_SCENARIO,
    OF_SITE,
    OFFICERS,
    OWNERS,
    PARTICIPANT,
    PEOPLE,
    READERS,
    RUNS_SCENARIO,
    SEE_PROPOSALS,
    SIGNED_IN,
    VN,
    WORKERS,
)

pytestmark = pytest.mark.first

# name of the address: (who is let in, what stands in it)
ROUTES: dict[str, tuple[frozenset[str], dict[str, str]]] = {
    "home": (ALL, {}),
    "/": (ALL, {}),
    "/alive": (ALL, {}),
    "/favicon.ico": (ALL, {}),
    "api-reference": (ALL, {}),
    "login": (ALL, {}),
    "second_step": (ALL, {}),
    "logout": (SIGNED_IN, {}),
    "password_reset": (ALL, {}),
    "password_reset_confirm": (ALL, {"uidb64": "=MQ", "token": "=x"}),
    "invitation": (ALL, {"pk": "invitation", "secret": "=x"}),
    **{f"account:{name}": (SIGNED_IN, {}) for name in (
        "profile", "password", "sessions", "end_others", "factors", "totp", "passkey", "codes",
    )},
    "account:end_session": (frozenset({"operator"}), {"pk": "session"}),
    "account:remove": (SIGNED_IN, {"pk": "=1"}),
    "administration:organisations": (SIGNED_IN, {}),
    "administration:new_organisation": (OFFICERS, {}),
    "administration:organisation": (SIGNED_IN, {"code": "organisation"}),
    **{f"administration:{name}": (VN, {"code": "organisation"}) for name in ("correct", "close", "delete")},
    "administration:invitations": (OFFICERS, {}),
    "administration:invite": (OFFICERS, {}),
    "administration:take_back": (VN, {"pk": "invitation"}),
    "administration:person": (VN, {"pk": "person"}),
    "administration:reset_factors": (VN, {"pk": "person"}),
    "administration:tokens": (HAND_IN, {}),
    "administration:new_token": (HAND_IN, {}),
    **{f"administration:{name}": (VN | {"operator"}, {"pk": "token"}) for name in (
        "token", "rotate", "revoke",
    )},
    "record:figures": (SIGNED_IN, {}),
    "record:figure": (OF_SITE, {"pk": "figure"}),
    "record:run": (OF_SITE, {"pk": "run"}),
    "record:progress": (OF_SITE, {"pk": "run"}),
    "record:output": (OF_SITE, {"pk": "run", "sha256": "paper"}),
    "record:documents": (ALL, {}),
    "record:new_document": (HAND_IN, {}),
    "record:document": (OWNERS, {"sha256": "paper"}),
    "record:content": (OWNERS, {"sha256": "paper"}),
    "record:classify": (OWNERS, {"sha256": "paper"}),
    "record:attach": (KEEPERS | {"verifier"}, {"label": "=record.figure", "pk": "figure"}),
    # The officer decides; who brought the paper may take it back, but not accept it.
    "record:accept": (OF_SITE, {"pk": "evidence"}),
    "record:reject": (OF_SITE, {"pk": "evidence"}),
    "audit-log": (OFFICERS, {}),
    "workflow:tasks": (SIGNED_IN, {}),
    "workflow:machines": (SIGNED_IN, {}),
    "workflow:machine": (SIGNED_IN, {"name": "=activity"}),
    "workflow:comment": (SIGNED_IN, {"name": "=activity", "pk": "activity_pk"}),
    "workflow:move": (WORKERS, {"name": "=activity", "pk": "activity_pk", "verb": "=complete"}),
    "publication:list": (ALL, {}),
    "publication:check": (ALL, {}),
    "publication:new": (OFFICERS, {}),
    "publication:feed": (ALL, {}),
    "publication:page": (OFFICERS, {"slug": "slug"}),
    "publication:announcement": (OFFICERS, {"slug": "slug"}),
    "publication:manifest": (OFFICERS, {"slug": "slug"}),
    "publication:file": (frozenset(), {"slug": "slug", "lang": "=vi", "form": "=pdf"}),
    "landfills:list": (SIGNED_IN, {}),
    "landfills:map": (SIGNED_IN, {}),
    "landfills:portfolio": (SIGNED_IN, {}),
    **{f"landfills:{name}": (OF_SITE, {"code": "site"}) for name in (
        "site", "runs", "workbook", "folder", "template",
    )},
    **{f"landfills:{name}": (KEEPERS, {"code": "site"}) for name in (
        "edit", "run", "new_conversion", "project", "new_year", "upload",
    )},
    "landfills:conversion": (KEEPERS, {"code": "site", "pk": "conversion"}),
    "landfills:remove_conversion": (KEEPERS, {"code": "site", "pk": "conversion"}),
    "landfills:year": (KEEPERS, {"code": "site", "year": "=2020"}),
    "landfills:import": (KEEPERS, {"code": "site", "pk": "deposit_import"}),
    "landfills:confirm": (KEEPERS, {"code": "site", "pk": "deposit_import"}),
    "landfills:take_back": (KEEPERS, {"code": "site", "pk": "deposit_import"}),
    **{f"scenarios:{name}": (SIGNED_IN, {}) for name in ("library", "compare")},
    **{f"scenarios:{name}": (MAKES_SCENARIOS, {}) for name in ("new", "new_model")},
    **{f"scenarios:{name}": (OF_SCENARIO, {"code": "scenario"}) for name in (
        "scenario", "energy", "money", "fork", "progress", "tables", "workbook",
    )},
    "scenarios:table": (OF_SCENARIO, {"code": "scenario", "name": "=demand"}),
    "scenarios:file": (OF_SCENARIO, {"code": "scenario", "kind": "=json"}),
    "scenarios:result": (OF_SCENARIO, {"code": "scenario", "name": "=Demand"}),
    **{f"scenarios:{name}": (RUNS_SCENARIO, {"code": "scenario"}) for name in ("run", "cancel")},
    **{f"scenarios:{name}": (KEEPS_SCENARIO, {"code": "scenario"}) for name in ("edit", "levers", "upload")},
    "scenarios:row": (KEEPS_SCENARIO, {"code": "scenario", "name": "=demand"}),
    "scenarios:undo": (KEEPS_SCENARIO, {"code": "scenario", "pk": "edit"}),
    **{f"scenarios:{name}": (KEEPS_SCENARIO, {"code": "scenario", "pk": "tables_import"}) for name in (
        "import", "confirm",
    )},
    **{f"registry:{name}": (ALL, {}) for name in (
        "home", "projects", "methodologies", "accounts", "units", "seals",
        "certificates",
    )},
    "registry:new_project": (OFFICERS | PARTICIPANT, {}),
    "registry:project": (ALL, {"code": "project"}),
    "registry:edit_project": (PARTICIPANT, {"code": "idea"}),
    "registry:cap": (VN, {"code": "project"}),
    "registry:parameters": (ALL, {"code": "project"}),
    "registry:edit_parameters": (PARTICIPANT, {"code": "project"}),
    "registry:change": (ALL, {"code": "project", "pk": "change"}),
    "registry:ask_project": (NOBODY, {"code": "project"}),
    "registry:project_form": (SIGNED_IN, {"code": "project", "form": "=3-1"}),
    **{f"registry:{name}": (PARTICIPANT, {"code": "project", "number": "=2"}) for name in (
        "monitoring", "monitoring_template",
    )},
    **{f"registry:{name}": (PARTICIPANT, {"code": "project", "number": "=2", "pk": "monitoring_import"})
       for name in ("monitoring_file", "confirm_monitoring", "take_back_monitoring")},
    **{f"registry:{name}": (NOBODY, {"code": "project", "number": "=2"}) for name in (
        "verified", "ask_issuance",
    )},
    "registry:issuance_form": (SIGNED_IN, {"code": "project", "number": "=1", "form": "=3-9"}),
    "registry:answer_correction": (PARTICIPANT, {"pk": "correction"}),
    "registry:close_correction": (NOBODY, {"pk": "correction"}),
    "registry:new_methodology": (PARTICIPANT, {}),
    "registry:edit_methodology": (PARTICIPANT, {"pk": "draft_methodology"}),
    "registry:revise_methodology": (PARTICIPANT, {"pk": "methodology"}),
    "registry:calculator": (ALL, {"pk": "methodology"}),
    "registry:methodology_form": (SIGNED_IN, {"pk": "methodology", "form": "=3-11"}),
    "registry:project_input": (SIGNED_IN, {"code": "project"}),
    "registry:new_issuance": (PARTICIPANT, {"code": "project"}),
    "registry:issuance": (ALL, {"code": "project", "number": "=1"}),
    "registry:allot": (OFFICERS | PARTICIPANT, {"code": "project", "number": "=2"}),
    "registry:order_issuance": (OFFICERS, {"code": "project", "number": "=1"}),
    "registry:methodology": (ALL, {"pk": "methodology"}),
    "registry:new_account": (OFFICERS, {}),
    "registry:account": (ALL, {"number": "account"}),
    "registry:new_order": (PARTICIPANT | {"officer_jp"}, {"number": "account"}),
    "registry:orders": (SIGNED_IN, {}),
    "registry:order": (PARTICIPANT | {"officer_jp"}, {"pk": "order"}),
    "registry:certificate": (ALL, {"number": "certificate"}),
    "registry:certificate_pdf": (ALL, {"number": "certificate"}),
    "registry:reverse_order": (frozenset({"officer_jp"}), {"pk": "order", "number": "=1"}),
    "registry:duties": (OFFICERS, {}),
    "registry:end_duty": (VN, {"pk": "duty"}),
    "registry:organisation": (SIGNED_IN, {}),
    "registry:statement": (PARTICIPANT | {"officer_jp"}, {"number": "account"}),
    "registry:transaction": (ALL, {"pk": "transaction"}),
    # A mark that an authorisation gave: there is none in this world, so nobody finds it.
    "registry:reverse_mark": (NOBODY, {"pk": "transaction"}),
    "registry:purchases": (ALL, {}),
    "registry:cadt": (OFFICERS, {}),
    "registry:cadt_file": (OFFICERS, {"form": "=json"}),
    **{f"registry:{name}": (PARTICIPANT | OFFICERS, {}) for name in ("new_offer", "new_agreement")},
    **{f"registry:{name}": (PARTICIPANT, {"pk": "offer"}) for name in ("offer", "edit_offer")},
    "registry:edit_agreement": (PARTICIPANT | VN, {"pk": "agreement_draft"}),
    **{f"registry:{name}": (PARTICIPANT | VN, {"pk": "agreement"}) for name in (
        "agreement", "deliver", "pay",
    )},
    "registry:remove_delivery": (PARTICIPANT | VN, {"pk": "agreement", "number": "delivery"}),
    "registry:payment": (PARTICIPANT | VN, {"pk": "payment"}),
    **{f"registry:article6:{name}": (ALL, {}) for name in (
        "home", "authorisations", "approvals", "reports",
    )},
    "registry:article6:approach": (ALL, {"code": "approach"}),
    "registry:article6:new_approach": (OFFICERS, {}),
    "registry:article6:new_entity": (OFFICERS, {"code": "approach"}),
    "registry:article6:new_authorisation": (OFFICERS, {}),
    "registry:article6:authorisation": (READERS, {"pk": "authorisation"}),
    "registry:article6:version": (VN, {"pk": "authorisation"}),
    "registry:article6:new_approval": (VN, {}),
    "registry:article6:approval": (READERS, {"pk": "approval"}),
    "registry:article6:party": (READERS, {"party": "=VNM"}),
    "registry:article6:settings": (VN, {"party": "=VNM"}),
    "registry:article6:inventory": (VN, {"party": "=VNM"}),
    "registry:article6:propose_final": (VN, {"party": "=VNM", "year": "=2024"}),
    "registry:article6:final": (VN, {"pk": "final"}),
    "registry:article6:begin_report": (OFFICERS, {"kind": "=initial"}),
    "registry:article6:report": (VN, {"pk": "report"}),
    "registry:article6:edit_report": (VN, {"pk": "report"}),
    "registry:article6:annual": (VN, {"pk": "annual"}),
    "registry:article6:annual_workbook": (VN, {"pk": "annual"}),
    "registry:article6:files": (OFFICERS, {}),
    "registry:article6:hand_in": (OFFICERS, {"kind": "=blocks"}),
    "registry:article6:handed": (OFFICERS, {"pk": "handed"}),
    "registry:article6:double_counting": (READERS, {}),
    "registry:article6:contribute": (PARTICIPANT | {"officer_jp"}, {"number": "account"}),
    "registry:partners:list": (OFFICERS, {}),
    "registry:partners:new": (OFFICERS, {}),
    **{f"registry:partners:{name}": (VN, {"pk": "partner"}) for name in ("partner", "hand_in")},
    "registry:partners:statement": (VN, {"pk": "statement"}),
    # The address names no mismatch, so nobody finds one.
    "registry:partners:settle": (NOBODY, {"pk": "statement"}),
    "workplan:plan": (SIGNED_IN, {}),
    "workplan:timeline": (SIGNED_IN, {}),
    "workplan:new_activity": (OFFICERS, {}),
    "workplan:activity": (SIGNED_IN, {"ref": "activity"}),
    "workplan:edit_activity": (WORKERS, {"ref": "activity"}),
    # The page of a milestone and its papers; what is sent is looked at below.
    "workplan:settle": (SIGNED_IN, {"ref": "activity", "pk": "milestone"}),
    "workplan:open_again": (WORKERS, {"ref": "activity", "pk": "milestone"}),
    "workplan:new_part": (WORKERS, {"ref": "activity", "what": "=milestone"}),
    "workplan:part": (WORKERS, {"ref": "activity", "what": "=milestone", "pk": "milestone"}),
    "workplan:remove_part": (WORKERS, {"ref": "activity", "what": "=milestone", "pk": "milestone"}),
    "workplan:new_plan": (OFFICERS, {}),
    "workplan:workbook": (SIGNED_IN, {"year": "year"}),
    "workplan:upload": (OFFICERS, {"year": "year"}),
    "workplan:import": (OFFICERS, {"year": "year", "pk": "plan_import"}),
    "workplan:confirm": (OFFICERS, {"year": "year", "pk": "plan_import"}),
    "workplan:proposals": (SIGNED_IN, {}),
    "workplan:new_proposal": (OFFICERS, {}),
    "workplan:proposal": (SEE_PROPOSALS, {"ref": "proposal"}),
    "workplan:edit_proposal": (VN, {"ref": "draft"}),
    "workplan:proposal_activity": (OFFICERS, {"ref": "proposal", "pk": "answer"}),
    "workplan:proposal_activity_new": (OFFICERS, {"ref": "proposal", "pk": "answer"}),
    "workplan:meetings": (ATTENDS, {}),
    "workplan:new_meeting": (OFFICERS, {}),
    "workplan:decision": (ATTENDS, {"pk": "decision"}),
    "workplan:edit_decision": (OFFICERS, {"pk": "decision"}),
    "workplan:carry_action": (OFFICERS, {"pk": "action"}),
    "workplan:meeting": (ATTENDS, {"number": "meeting"}),
    "workplan:meeting_mode": (ATTENDS, {"number": "meeting"}),
    "workplan:meeting_mode_item": (ATTENDS, {"number": "meeting", "pk": "item"}),
    **{f"workplan:{name}": (OFFICERS, {"number": "meeting"}) for name in (
        "edit_meeting", "agenda", "add_to_agenda", "new_agenda_item",
    )},
    **{f"workplan:{name}": (OFFICERS, {"number": "meeting", "pk": "item"}) for name in (
        "shift_agenda_item", "remove_agenda_item",
    )},
}  # fmt: skip
# Answered for what the record is, or for what was not sent with it, and not for who asks.
IN_THE_WAY = {
    "invitation", "landfills:workbook", "landfills:folder", "workplan:open_again", "workplan:remove_part",
    "workplan:edit_decision", "record:accept", "record:reject", "record:classify", "landfills:confirm",
    "landfills:import", "workplan:confirm", "account:remove", "scenarios:file", "scenarios:confirm",
    "scenarios:row", "scenarios:result", "record:output", "registry:reverse_order",
}  # fmt: skip
# Open to visitors as far as the record itself is public: one that is not is not found.
PUBLIC_WHERE_SAID = {
    "record:document", "record:content", "publication:page", "publication:manifest", "publication:file",
    "registry:article6:authorisation", "registry:article6:approval", "registry:article6:final",
    "registry:article6:report", "registry:article6:annual", "registry:article6:annual_workbook",
    "registry:offer",
}  # fmt: skip


def named(patterns=None, namespace=""):
    """Names of all addresses of pages; the API's are in its schema."""
    for one in get_resolver().url_patterns if patterns is None else patterns:
        if hasattr(one, "url_patterns"):
            if one.namespace != "api":
                yield from named(
                    one.url_patterns, f"{namespace}{one.namespace}:" if one.namespace else namespace
                )
        else:
            yield namespace + (one.name or f"/{one.pattern}")


def address(name, given, keys):
    """The address, with keys of the world or, after an equals sign, a text itself."""
    if name.startswith("/"):
        return name
    filled = {k: v[1:] if v.startswith("=") else keys[v] for k, v in given.items()}
    try:
        return reverse(name, kwargs=filled)
    except NoReverseMatch as error:
        raise AssertionError(f"{name} has other parts than {sorted(given)}") from error


def test_every_address_has_its_row():
    assert set(named()) == set(ROUTES)


def answers(client, url, verbs=("get", "post")):
    """What reading and writing give, with nothing left behind."""
    cookies = client.cookies.copy()
    found = []
    for verb in verbs:
        with transaction.atomic():
            found.append(getattr(client, verb)(url))
            transaction.set_rollback(True)
        client.cookies = cookies.copy()
    return found


def sent_to_sign_in(answer):
    return answer.status_code == 302 and urlsplit(answer["Location"]).path == "/vi/login/"


def fault(name, who, found):
    """What is wrong with how somebody was received, if anything."""
    statuses = [answer.status_code for answer in found]
    if any(status >= 500 for status in statuses):
        return f"breaks: {statuses}"
    let_in, _given = ROUTES[name]
    if who == "visitor" and who not in let_in and name not in PUBLIC_WHERE_SAID:
        return "" if all(map(sent_to_sign_in, found)) else f"is not asked to sign in: {statuses}"
    met = [status for status in statuses if status != 405]
    turned_away = bool(met) and all(status in (403, 404) for status in met)
    if who in let_in:
        return f"is turned away: {statuses}" if turned_away and name not in IN_THE_WAY else ""
    return "" if turned_away else f"is let in: {statuses}"


@pytest.fixture
def bare(monkeypatch):
    """Without what says nothing of access and costs most: pictures, and a trace for each refusal."""
    monkeypatch.setattr(beside, "draw", lambda *chart, **words: "<svg></svg>")
    logging.disable(logging.ERROR)
    yield
    logging.disable(logging.NOTSET)


def test_each_is_let_in_where_the_role_leads_and_nowhere_else(world, bare):
    """One record serves everybody: nothing that is asked of it here is kept."""
    faults = []
    verbs = {name: ["get", "post"] for name in ROUTES}
    for who in ("visitor", *PEOPLE):
        client = Client(raise_request_exception=False)
        if who != "visitor":
            client.force_login(world.people[who], backend="django.contrib.auth.backends.ModelBackend")
            client.get("/alive")  # notes that the session is in use, which each request would do anew
        for name, (_let_in, given) in ROUTES.items():
            found = answers(client, address(name, given, world.keys), verbs[name])
            if said := fault(name, who, found):
                faults.append(f"{name}: {who} {said}")
            if who != "visitor":
                # A verb that the address itself does not know is not asked of it for everybody anew.
                known = zip(verbs[name], found, strict=True)
                verbs[name] = [verb for verb, answer in known if answer.status_code != 405]
    assert not faults, "\n".join(faults)


def test_a_milestone_is_settled_by_leads_and_officers_alone(world):
    url = address("workplan:settle", ROUTES["workplan:settle"][1], world.keys)
    settled = set()
    for who, user in world.people.items():
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        with transaction.atomic():
            answer = client.post(url, {"revision": 1, "done_on": "2026-06-01"})
            transaction.set_rollback(True)
        assert answer.status_code in (302, 403), who
        settled |= {who} if answer.status_code == 302 else set()
    assert settled == WORKERS


def test_what_is_public_is_read_without_signing_in(world):
    client = Client()
    for name in ("record:document", "record:content"):
        assert client.get(reverse(name, args=[world.keys["public"]])).status_code == 200
        assert client.get(reverse(name, args=[world.keys["paper"]])).status_code == 404
