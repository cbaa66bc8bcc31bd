"""Drives a server with python-gitlab: users, keys, tokens, projects. Prints one line of JSON."""

import json
import os
import sys

import gitlab

url = sys.argv[1]
root = gitlab.Gitlab(url, private_token=os.environ["ROOT_TOKEN"])
root.auth()
seen = {"me": root.user.username, "version": root.version()[0]}

user = root.users.create(
    {"username": "pia", "name": "Pia", "email": "pia@example.com", "password": "correct horse"}
)
user.name = "Pia P."
user.save()
seen["found"] = [(one.username, one.name) for one in root.users.list(username="pia")]
key = user.keys.create({"title": "laptop", "key": os.environ["SSH_KEY"]})
seen["keys"] = [one.title for one in user.keys.list()]
key.delete()
user.emails.create({"email": "pia2@example.com"})
seen["emails"] = [one.email for one in user.emails.list()]

made = user.personal_access_tokens.create({"name": "ci", "scopes": ["api"]})
pia = gitlab.Gitlab(url, private_token=made.token)
pia.auth()
seen["pia"] = pia.user.username
seen["tokens"] = [one.name for one in root.personal_access_tokens.list(user_id=user.id)]
debug = user.impersonationtokens.create({"name": "debug", "scopes": ["read_user"]})
seen["impersonation"] = [one.name for one in user.impersonationtokens.list(state="active")]
debug.delete()
seen["impersonation after"] = len(user.impersonationtokens.list(state="active"))

project = pia.projects.create({"name": "snake"})
robot = project.access_tokens.create({"name": "robot", "scopes": ["api"], "access_level": 30})
bot = gitlab.Gitlab(url, private_token=robot.token)
bot.auth()
seen["bot"] = bot.user.username.startswith(f"project_{project.id}_bot_")
seen["robots"] = [(one.name, one.access_level) for one in project.access_tokens.list()]
robot.delete()
try:
    bot.projects.get(project.id)
except gitlab.GitlabError as error:
    seen["revoked"] = error.response_code

deploy = project.deploytokens.create({"name": "puller", "scopes": ["read_repository"]})
seen["deploy"] = [one.username == f"gitlab+deploy-token-{one.id}" for one in project.deploytokens.list()]
deploy.delete()
project.protectedtags.create({"name": "v*", "create_access_level": 30})
seen["protected tags"] = [one.name for one in project.protectedtags.list()]
project.protectedtags.delete("v*")

user.block()
try:
    pia.projects.list()
except gitlab.GitlabError as error:
    seen["blocked"] = [error.response_code, error.error_message]
user.unblock()
user.deactivate()
user.activate()
root.personal_access_tokens.delete(made.id)
try:
    pia.projects.list()
except gitlab.GitlabError as error:
    seen["revoked personal"] = error.response_code
user.delete()
seen["gone"] = root.users.list(username="pia")
print(json.dumps(seen))
