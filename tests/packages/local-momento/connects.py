# What the README of local-momento says of Python, with Momento's SDK from PyPI. Usage: connects.py PORT
import sys
from dataclasses import replace
from datetime import timedelta

from momento import AuthClient, CacheClient, Configurations, CredentialProvider, TopicClient, TopicConfigurations
from momento.auth.access_control.disposable_token_scopes import DisposableTokenScopes
from momento.config.auth_configurations import AuthConfigurations
from momento.responses import CacheGet, CacheSet, GenerateDisposableToken, TopicPublish, TopicSubscribe, TopicSubscriptionItem
from momento.utilities import ExpiresIn

port = int(sys.argv[1])
local = CredentialProvider.for_momento_local("127.0.0.1", port)


def expect(response, kind):
    assert isinstance(response, kind), f"{response} is no {kind.__qualname__}"
    return response


with CacheClient(Configurations.Laptop.v1(), local, timedelta(seconds=60)) as cache:
    expect(cache.set("cache", "key", "from Python"), CacheSet.Success)
    assert expect(cache.get("cache", "key"), CacheGet.Hit).value_string == "from Python"

with AuthClient(AuthConfigurations.Laptop.latest(), local) as auth:
    scope = DisposableTokenScopes.topic_publish_subscribe("cache", "topic")
    vended = expect(auth.generate_disposable_token(scope, ExpiresIn.minutes(5)), GenerateDisposableToken.Success)

token = CredentialProvider.from_disposable_token(vended.auth_token).auth_token
with TopicClient(TopicConfigurations.Default.latest(), replace(local, auth_token=token)) as topics:
    subscription = expect(topics.subscribe("cache", "topic"), TopicSubscribe.Subscription)
    expect(topics.publish("cache", "topic", "with a token"), TopicPublish.Success)
    item = next(each for each in subscription if isinstance(each, TopicSubscriptionItem.Text))
    assert item.value == "with a token", item
    expect(topics.publish("cache", "another topic", "no"), TopicPublish.Error)
    subscription.unsubscribe()

with CacheClient(Configurations.Laptop.v1(), replace(local, auth_token=token), timedelta(seconds=60)) as cache:
    error = expect(cache.get("cache", "key"), CacheGet.Error)
    assert error.error_code.name == "PERMISSION_ERROR", error

print("connected")
