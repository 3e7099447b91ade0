"""`/api/v1/jobs`: work in the background."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path

from scribe.errors import NotFoundError
from scribe.store.actor import StaffRole
from scribe.store.records import Job
from scribe.store.unit import Unit
from scribe.web.answers import problems
from scribe.web.desk import AtDesk, Desk
from scribe.web.identity import require
from scribe.web.once import OnceRoute
from scribe.web.present import encounters as present
from scribe.web.schemas.encounters import JobOut

router = APIRouter(prefix="/api/v1/jobs", tags=["jobs"], route_class=OnceRoute)
JobId = Annotated[str, Path(pattern=r"^[\w-]{1,40}$", description="Id of the job.")]


@router.get("", dependencies=[require("job:read")])
def list_jobs(desk: AtDesk) -> list[JobOut]:
    """The newest jobs of the encounters that this person may see; administrators see all of them."""
    with desk.read() as unit:
        return [present.job(job) for job in unit.jobs.find() if _sees(desk, unit, job)]


@router.get("/{job_id}", dependencies=[require("job:read")], responses=problems(404))
def read_job(job_id: JobId, desk: AtDesk) -> JobOut:
    """One job, and how far it is."""
    with desk.read() as unit:
        return present.job(_job(desk, unit, job_id))


@router.post("/{job_id}/retry", dependencies=[require("job:retry")], responses=problems(404, 409))
def retry_job(job_id: JobId, desk: AtDesk) -> JobOut:
    """Try a parked job again."""
    with desk.change() as unit:
        _job(desk, unit, job_id)
        return present.job(unit.jobs.again(job_id))


def _job(desk: Desk, unit: Unit, job_id: str) -> Job:
    job = unit.jobs.get(job_id)
    if not _sees(desk, unit, job):
        raise NotFoundError("there is no such job, or it is not yours to see")
    return job


def _sees(desk: Desk, unit: Unit, job: Job) -> bool:
    """A job tells nothing about a patient: whoever runs the machine sees all of them."""
    return StaffRole.ADMIN in desk.actor.roles or desk.sees(unit, job.encounter_id)
