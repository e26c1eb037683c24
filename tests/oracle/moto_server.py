"""An S3 server by moto with the buckets named as arguments; prints its address and lives as long as its input."""

import logging
import sys

import boto3
from moto.server import ThreadedMotoServer

logging.getLogger("werkzeug").setLevel(logging.ERROR)
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
host, port = server.get_host_and_port()
address = f"http://{host}:{port}"
client = boto3.client("s3", endpoint_url=address, aws_access_key_id="any", aws_secret_access_key="any", region_name="us-east-1")
for bucket in sys.argv[1:]:
    client.create_bucket(Bucket=bucket)
print(address, flush=True)
sys.stdin.read()
server.stop()
