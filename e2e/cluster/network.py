"""Names and addresses inside a cluster. Each has a network of its own, so all use the same."""

NODE = "node1"
NODE_IP = "10.97.0.1"
NODE_NETWORK = f"{NODE_IP}/24"
PODS = "10.244.0.0/22"
SERVICES = "10.96.0.0/16"
API_SERVICE_IP = "10.96.0.1"
"""The first address of SERVICES, which the API server takes for the Service `kubernetes`."""
DOMAIN = "cluster.local"

API_SERVER_PORT = 6443
API_SERVER_URL = f"https://127.0.0.1:{API_SERVER_PORT}"
ETCD_PORT = 2379
ETCD_URL = f"http://127.0.0.1:{ETCD_PORT}"
