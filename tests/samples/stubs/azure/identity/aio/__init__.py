"""Credentials that do nothing, asynchronous."""

from azure.identity import AzureCliCredential, DefaultAzureCredential, get_bearer_token_provider

__all__ = ["AzureCliCredential", "DefaultAzureCredential", "get_bearer_token_provider"]
