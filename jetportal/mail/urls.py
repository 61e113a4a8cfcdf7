from django.urls import path

from jetportal.mail import views

app_name = "mail"
urlpatterns = [
    path("", views.mails, name="list"),
    path("<slug:file>/<int:number>/", views.mail, name="detail"),
]
