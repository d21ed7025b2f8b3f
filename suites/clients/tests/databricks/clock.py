"""What the clock does: clusters, warehouses and idle instances of pools that nobody uses end themselves."""

from databricks.sdk.service import compute, sql

from lakehouse import advance, cluster, run, workspace
from rolecall import client, equal

w, ec2 = workspace(), client("ec2")


def running():
    found = ec2.describe_instances(Filters=[{"Name": "instance-state-name", "Values": ["running"]}])
    return [one["InstanceId"] for reservation in found["Reservations"] for one in reservation["Instances"]]


# A cluster: a command keeps it going, and then it ends after twenty idle minutes. One without a limit stays.
idle = cluster(w, num_workers=1, autotermination_minutes=20)
steady = cluster(w, autotermination_minutes=0)
equal(len(running()), 3)
advance(19)
equal(w.clusters.get(idle).state, compute.State.RUNNING)
run(w, idle, "print(1)")
advance(19)
equal(w.clusters.get(idle).state, compute.State.RUNNING)
advance(1)
ended = w.clusters.get(idle)
equal(ended.state, compute.State.TERMINATED)
equal(ended.termination_reason.code, compute.TerminationReasonCode.INACTIVITY)
equal(ended.termination_reason.parameters, {"inactivity_duration_min": "20"})
assert "idle for 20 minutes" in ended.state_message, ended.state_message
(last, *_) = w.clusters.events(idle, order=compute.GetEventsOrder.DESC)
equal(last.type, compute.EventType.TERMINATING)
advance(60 * 24)
equal(w.clusters.get(steady).state, compute.State.RUNNING)
equal(len(running()), 1)
w.clusters.start(idle).result()
equal(len(running()), 3)
w.clusters.delete(idle).result()
w.clusters.delete(steady).result()

# A warehouse: what starts it keeps it going.
warehouse = w.warehouses.create(
    name="idle",
    cluster_size="2X-Small",
    max_num_clusters=1,
    auto_stop_mins=10,
    warehouse_type=sql.CreateWarehouseRequestWarehouseType.CLASSIC,
).result()
equal(warehouse.state, sql.State.RUNNING)
equal(len(running()), 2)
advance(9)
equal(w.warehouses.get(warehouse.id).state, sql.State.RUNNING)
advance(1)
equal(w.warehouses.get(warehouse.id).state, sql.State.STOPPED)
equal(running(), [])

# A pool: what a cluster gives back stays for ten idle minutes, but for the least that is always there.
pool = w.instance_pools.create(
    instance_pool_name="pool",
    node_type_id=w.clusters.select_node_type(local_disk=True),
    min_idle_instances=1,
    idle_instance_autotermination_minutes=10,
).instance_pool_id
equal(w.instance_pools.get(pool).stats.idle_count, 1)
lent = w.clusters.create(
    spark_version=w.clusters.select_spark_version(long_term_support=True), instance_pool_id=pool, num_workers=2
).result()
w.clusters.delete(lent.cluster_id).result()
idle_count = w.instance_pools.get(pool).stats.idle_count
assert idle_count >= 3, idle_count
equal(len(running()), idle_count)
advance(9)
equal(w.instance_pools.get(pool).stats.idle_count, idle_count)
advance(1)
equal(w.instance_pools.get(pool).stats.idle_count, 1)
equal(len(running()), 1)
w.instance_pools.delete(pool)
equal(running(), [])
