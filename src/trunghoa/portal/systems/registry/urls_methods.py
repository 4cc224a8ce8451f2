"""Addresses of methodologies at work: parameters, monitoring, verification, forms."""

from django.urls import URLPattern, path

from .views import calculator, monitoring, papers, parameters, proposals, verification

PROJECT = "projects/<slug:code>/"
ISSUANCE = f"{PROJECT}issuances/<int:number>/"

urlpatterns: list[URLPattern] = [
    path(f"{PROJECT}parameters/", parameters.page, name="parameters"),
    path(f"{PROJECT}parameters/edit/", parameters.edit, name="edit_parameters"),
    path(f"{PROJECT}changes/<int:pk>/", parameters.change, name="change"),
    path(f"{PROJECT}requests/", verification.ask_project, name="ask_project"),
    path(f"{PROJECT}forms/<slug:form>/", papers.of_project, name="project_form"),
    path(f"{ISSUANCE}monitoring/", monitoring.upload, name="monitoring"),
    path(f"{ISSUANCE}monitoring/template/", monitoring.template, name="monitoring_template"),
    path(f"{ISSUANCE}monitoring/<int:pk>/", monitoring.checked, name="monitoring_file"),
    path(f"{ISSUANCE}monitoring/<int:pk>/confirm/", monitoring.confirm, name="confirm_monitoring"),
    path(f"{ISSUANCE}monitoring/<int:pk>/take-back/", monitoring.take_back, name="take_back_monitoring"),
    path(f"{ISSUANCE}verified/", verification.amounts, name="verified"),
    path(f"{ISSUANCE}requests/", verification.ask_issuance, name="ask_issuance"),
    path(f"{ISSUANCE}forms/<slug:form>/", papers.of_issuance, name="issuance_form"),
    path("requests/<int:pk>/answer/", verification.answer, name="answer_correction"),
    path("requests/<int:pk>/close/", verification.close, name="close_correction"),
    path("methodologies/new/", proposals.new, name="new_methodology"),
    path("methodologies/<int:pk>/definition/", proposals.edit, name="edit_methodology"),
    path("methodologies/<int:pk>/revise/", proposals.revise, name="revise_methodology"),
    path("methodologies/<int:pk>/calculator/", calculator.page, name="calculator"),
    path("methodologies/<int:pk>/forms/<slug:form>/", papers.of_methodology, name="methodology_form"),
]
