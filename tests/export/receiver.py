"""Receives OpenTelemetry metrics over HTTP and writes each request as a line of JSON.

The first argument says how many requests are refused before any is taken, the second where they are written; a third and a
fourth are files in PEM, a certificate and its key, with which it speaks TLS.
"""

import http.server
import json
import ssl
import sys
import threading

from google.protobuf.json_format import MessageToDict
from opentelemetry.proto.collector.metrics.v1 import metrics_service_pb2 as service


class Receiver(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    refusals = int(sys.argv[1])
    told = open(sys.argv[2], "w")
    one_at_a_time = threading.Lock()

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        taken = Receiver.refusals <= 0
        Receiver.refusals -= 1
        request = service.ExportMetricsServiceRequest.FromString(body)
        told = {
            "path": self.path,
            "headers": {name.lower(): value for name, value in self.headers.items()},
            "taken": taken,
            "request": MessageToDict(request),
        }
        with Receiver.one_at_a_time:
            print(json.dumps(told), file=Receiver.told, flush=True)
        answer = service.ExportMetricsServiceResponse().SerializeToString() if taken else b""
        self.send_response(200 if taken else 503)
        self.send_header("Content-Type", "application/x-protobuf")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
if len(sys.argv) > 3:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[3], sys.argv[4])
    # Hands are shaken by each request's own thread, so that one who goes away in the midst of it keeps nobody waiting.
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
print(server.server_address[1], flush=True)
server.serve_forever()
