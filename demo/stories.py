"""Chapter five: the Community Spotlight and the coaches' directory."""

from __future__ import annotations

from datetime import datetime, timedelta

from community.publishing import approve, publish, show_profile, write_story
from demo.people import person
from demo.reading import table, texts


def make_stories(at: datetime) -> None:
    editor = person("solveig-aune")
    for told in texts("spotlight"):
        facts, on = told.facts, at - timedelta(days=told.facts["published_days_ago"])
        author = person(facts["author"])
        story = write_story(
            author,
            slug=facts["slug"],
            at=on - timedelta(days=9),
            title=facts["title"],
            dek=facts["dek"],
            body_md=told.body,
            pull_quote=facts["pull_quote"],
            tags=facts["tags"],
            picture=facts["image"],
            author_bio=facts["author_bio"],
        )
        approve(story, by=author, at=on - timedelta(days=2))
        publish(story, on=on, actor=editor, at=on)


def make_profiles(at: datetime) -> None:
    for told in table("coaches"):
        show_profile(
            person(told["key"]),
            slug=told["slug"],
            at=at - timedelta(days=30),
            headline=told["headline"],
            bio_md=told["bio"],
            specialties=told["specialties"],
            languages=told["languages"],
            location=told["location"],
            picture=told["portrait"],
            is_accepting=told["accepting_clients"],
        )
