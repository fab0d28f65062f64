"""The offline Bedrock: stands in for AWS, below boto3, on this machine."""
