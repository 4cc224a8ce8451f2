from django.urls import path

from .views import meetings, minutes, proposals

urlpatterns = [
    path("proposals/", proposals.page, name="proposals"),
    path("proposals/new/", proposals.new, name="new_proposal"),
    path("proposals/<slug:ref>/", proposals.one, name="proposal"),
    path("proposals/<slug:ref>/edit/", proposals.edit, name="edit_proposal"),
    path("proposals/<slug:ref>/answers/<int:pk>/activity/", proposals.follow_up, name="proposal_activity"),
    path(
        "proposals/<slug:ref>/answers/<int:pk>/activity/new/",
        proposals.new_activity,
        name="proposal_activity_new",
    ),
    path("meetings/", meetings.page, name="meetings"),
    path("meetings/new/", meetings.new, name="new_meeting"),
    path("meetings/decisions/<int:pk>/", minutes.decision, name="decision"),
    path("meetings/decisions/<int:pk>/edit/", minutes.edit_decision, name="edit_decision"),
    path("meetings/actions/<int:pk>/carry/", minutes.carry, name="carry_action"),
    path("meetings/<int:number>/", meetings.one, name="meeting"),
    path("meetings/<int:number>/edit/", meetings.edit, name="edit_meeting"),
    path("meetings/<int:number>/agenda/", meetings.agenda, name="agenda"),
    path("meetings/<int:number>/agenda/add/", meetings.add, name="add_to_agenda"),
    path("meetings/<int:number>/agenda/new/", meetings.new_item, name="new_agenda_item"),
    path("meetings/<int:number>/agenda/<int:pk>/shift/", meetings.shift_item, name="shift_agenda_item"),
    path("meetings/<int:number>/agenda/<int:pk>/remove/", meetings.remove_item, name="remove_agenda_item"),
    path("meetings/<int:number>/mode/", minutes.mode, name="meeting_mode"),
    path("meetings/<int:number>/mode/<int:pk>/", minutes.mode, name="meeting_mode_item"),
]
