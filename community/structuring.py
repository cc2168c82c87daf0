"""The same facts for machines: schema.org's words for a program, a story and the school."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import current_app, url_for

from community.models import Story
from community.offering import Coming, Seats, Syllabus
from enrollment.models import Program
from foundation.filters import absolute

CONTEXT = {"@context": "https://schema.org"}
AVAILABILITY = {
    Seats.ANNOUNCED: "PreOrder",
    Seats.CLOSED: "SoldOut",
    Seats.FULL: "SoldOut",
    Seats.FEW: "LimitedAvailability",
    Seats.OPEN: "InStock",
}


def school() -> dict[str, Any]:
    """The school itself (schema.org/EducationalOrganization)."""
    chosen = current_app.config["SETTINGS"]
    return CONTEXT | {
        "@type": "EducationalOrganization",
        "name": chosen.school_name,
        "url": absolute(url_for("site.home")),
        "email": chosen.school_email,
        "address": chosen.school_address,
    }


def course(program: Program | Syllabus, cohorts: Sequence[Coming]) -> dict[str, Any]:
    """A program with its coming cohorts (schema.org/Course); workload in whole minutes (ISO 8601)."""
    return CONTEXT | {
        "@type": "Course",
        "name": program.title,
        "description": program.summary,
        "url": absolute(url_for("site.program", slug=program.slug)),
        "provider": {"@type": "EducationalOrganization", "name": current_app.config["SETTINGS"].school_name},
        "hasCourseInstance": [_instance(cohort, program) for cohort in cohorts],
        "offers": [_offer(cohort) for cohort in cohorts],
    }


def _instance(cohort: Coming, program: Program | Syllabus) -> dict[str, Any]:
    return {
        "@type": "CourseInstance",
        "name": cohort.title,
        "courseMode": "Online",
        "startDate": cohort.starts_on.isoformat(),
        "endDate": cohort.ends_on.isoformat(),
        "inLanguage": cohort.language,
        "courseWorkload": f"PT{program.minutes}M",
    }


def _offer(cohort: Coming) -> dict[str, Any]:
    return {
        "@type": "Offer",
        "category": "Paid",
        "price": str(cohort.price.decimal),
        "priceCurrency": cohort.price.currency,
        "availability": f"https://schema.org/{AVAILABILITY[cohort.seats]}",
        "validFrom": cohort.opens_at.isoformat(),
        "url": absolute(cohort.href),
    }


def article(story: Story) -> dict[str, Any]:
    """A story of the Spotlight (schema.org/Article)."""
    published = story.published_at.isoformat() if story.published_at else None
    return CONTEXT | {
        "@type": "Article",
        "headline": story.title,
        "description": story.dek,
        "author": {"@type": "Person", "name": story.author.name},
        "publisher": {"@type": "EducationalOrganization", "name": current_app.config["SETTINGS"].school_name},
        "datePublished": published,
        "url": absolute(url_for("community.story", slug=story.slug)),
    }
