"""A Slurm cluster of this machine alone, on loopback, for as long as a test needs it."""

import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

import pytest

PROGRAMS = ("munged", "slurmctld", "slurmd", "sinfo", "sbatch", "squeue", "scontrol")
PLACE = Path("/etc/slurm/slurm.conf")
"""Where Slurm's commands look for the configuration, also within a job."""
STARTS_WITHIN = 60  # seconds
WITH_US = ("setpriv", "--pdeathsig", "TERM")
"""A daemon ends with the tests that started it, also when they are killed."""
CONFIGURATION = """\
ClusterName=one
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={controller}
SlurmdPort={daemon}
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
CredType=cred/munge
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
ReturnToService=2
SchedulerParameters=sched_interval=2,batch_sched_delay=0
NodeName={host} NodeAddr=127.0.0.1 CPUs={cpus} RealMemory={memory} State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
"""


def free_port():
    """A port of the loopback address that nobody uses."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        return server.getsockname()[1]


@pytest.fixture(scope="session")
def cluster(tmp_path_factory):
    """Environment in which the commands of Slurm reach the cluster."""
    search = os.pathsep.join([os.environ["PATH"], "/usr/sbin", "/sbin"])
    missing = [name for name in PROGRAMS if shutil.which(name, path=search) is None]
    if missing:
        pytest.skip(f"Slurm is not installed: no {', '.join(missing)}")
    if os.geteuid() != 0:
        pytest.skip("starting Slurm's daemons needs root")
    if PLACE.is_symlink() and not answers(search):
        PLACE.unlink()  # of tests that were killed
    if PLACE.exists():
        pytest.skip(f"there is a cluster here already: {PLACE}")
    folder = tmp_path_factory.mktemp("slurm")
    folder.chmod(0o755)
    for name in ("state", "spool"):
        (folder / name).mkdir()
    host = socket.gethostname().split(".")[0]
    configuration = folder / "slurm.conf"
    configuration.write_text(
        CONFIGURATION.format(
            host=host,
            folder=folder,
            controller=free_port(),
            daemon=free_port(),
            cpus=os.cpu_count(),
            memory=8000,
        )
    )
    key = folder / "munge.key"
    key.write_bytes(os.urandom(64))
    key.chmod(0o400)
    environment = {**os.environ, "PATH": search}
    places = [f"--{name}-file={folder}/munge.{name}" for name in ("key", "pid", "log", "seed")]
    places.append(f"--socket={folder}/munge.socket")
    commands = [
        ["munged", "--foreground", "--force", *places],
        ["slurmctld", "-D"],
        ["slurmd", "-D", "-N", host],
    ]
    running = []
    PLACE.parent.mkdir(parents=True, exist_ok=True)
    PLACE.symlink_to(configuration)
    try:
        for command in commands:
            log = (folder / f"{command[0]}.out").open("w")
            started = [*WITH_US, *command] if shutil.which(WITH_US[0]) else command
            running.append(subprocess.Popen(started, env=environment, stdout=log, stderr=log))
            time.sleep(1)
        if why := not_ready(environment, running):
            pytest.skip(f"Slurm does not start here: {why}")
        yield environment
    finally:
        for process in reversed(running):
            process.terminate()
        for process in running:
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
        PLACE.unlink()


def answers(search):
    """Whether a cluster runs under the configuration that is there."""
    asked = {**os.environ, "PATH": search}
    try:
        return subprocess.run(["sinfo"], env=asked, capture_output=True, timeout=60).returncode == 0
    except subprocess.TimeoutExpired:
        return False


def not_ready(environment, running):
    """Why the node does not come up; nothing once it is idle."""
    told = ""
    for _ in range(STARTS_WITHIN):
        ended = [
            next(word for word in process.args if word in PROGRAMS)
            for process in running
            if process.poll() is not None
        ]
        if ended:
            return f"{ended[0]} ended"
        answer = subprocess.run(
            ["sinfo", "--noheader", "--format=%t"], env=environment, capture_output=True, text=True
        )
        told = (answer.stdout + answer.stderr).strip()
        if told == "idle":
            return ""
        time.sleep(1)
    return told or "the node does not answer"
