"""The school's public pages: home, programs, cohorts, the Community Spotlight, the coaches' directory."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, Response, render_template, request, url_for

from community import queries, structuring
from enrollment import admitting
from enrollment.policies import applying, simulating, wording
from foundation.access import public
from foundation.clock import now
from foundation.errors import NotFound
from foundation.greeting import greet
from foundation.paging import paginate
from foundation.text import markdown_to_html

site = Blueprint("site", __name__)
community = Blueprint("community", __name__)


@site.get("/")
@public
def home() -> str:
    at = now()
    return greet(
        "community/home.html",
        programs=queries.programs(),
        cohorts=queries.coming_cohorts(at)[:4],
        stories=queries.stories(at, limit=3),
        worked_out=lambda: {"structured": structuring.school()},
    )


@site.get("/programs")
@public
def programs() -> str:
    return greet("community/programs.html", programs=queries.programs(), cohorts=queries.coming_cohorts(now()))


@site.get("/programs/<slug>")
@public
def program(slug: str) -> str:
    at, found = now(), queries.program_named(slug)
    if found is None:
        raise NotFound
    cohorts = queries.coming_cohorts(at, found.id)
    return greet(
        "community/program.html",
        program=found,
        cohorts=cohorts,
        rules=wording.rules(applying.in_force_for_program(found, at).terms),
        worked_out=lambda: {
            "description": markdown_to_html(found.description_md),
            "next": next((cohort for cohort in cohorts if cohort.can_enroll), None),
            "structured": structuring.course(found, cohorts),
        },
    )


@site.get("/programs/<slug>/cohorts/<code>")
@public
def cohort(slug: str, code: str) -> str:
    at, found = now(), queries.cohort_named(slug, code)
    if found is None:
        raise NotFound
    offered = queries.as_offered(found, at)
    rule, asked = applying.in_force(found, at), request.args.get("week", "")
    return render_template(
        "community/cohort.html",
        cohort=found,
        needed=admitting.asked(found),
        program=found.program,
        offered=offered,
        structured=structuring.course(found.program, [offered]),
        leaving=simulating.simulation(found, rule, asked=asked),
    )


@community.get("/spotlight")
@public
def spotlight() -> str:
    return greet("community/spotlight.html", stories=queries.stories(now()))


@community.get("/spotlight/feed.xml")
@public
def feed() -> Response:
    body = render_template("community/feed.xml", stories=queries.stories(now(), limit=20))
    return Response(body, mimetype="application/atom+xml")


@community.get("/spotlight/<slug>")
@public
def story(slug: str) -> str:
    at = now()
    found = queries.story_named(slug, at)
    if found is None:
        raise NotFound
    others = [other for other in queries.stories(at, limit=3) if other.slug != found.slug][:2]
    return render_template(
        "community/story.html",
        story=found,
        body=markdown_to_html(found.body_md),
        others=others,
        profile=queries.profile_of(found.author_id),
        structured=structuring.article(found),
    )


@community.get("/coaches")
@public
def coaches() -> str:
    words, language = request.args.get("q", "").strip(), request.args.get("language", "")
    page = paginate(queries.coaches(words, language), request.args.get("page", 1, type=int), per=24)
    address = partial(url_for, "community.coaches", q=words or None, language=language or None)
    return render_template(
        "community/coaches.html",
        page=page,
        words=words,
        language=language,
        languages=[("", "Any language"), *((spoken, spoken) for spoken in queries.languages_spoken())],
        page_url=lambda number: address(page=number),
    )


@community.get("/coaches/<slug>")
@public
def coach(slug: str) -> str:
    found = queries.coach_named(slug)
    if found is None:
        raise NotFound
    return render_template(
        "community/coach.html",
        coach=found,
        body=markdown_to_html(found.bio_md),
        stories=queries.stories_by(found.user_id, now()),
        certificates=queries.certificates_of(found.user_id),
    )
