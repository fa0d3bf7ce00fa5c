"""Keep the records of runs in step with the pages: renamed, edited, gone."""

from __future__ import annotations

import dataclasses as dc

from lessonbook.execution_settings import execution_settings
from lessonbook.findings import Finding
from lessonbook.fit_records import write_fits
from lessonbook.kept_videos import drop_videos
from lessonbook.plan import Plan, manifest_store
from lessonbook.project import CONFIG_NAME, Project
from lessonbook.results import ResultStore


def keep_records(project: Project, plan: Plan) -> list[Finding]:
    """Write down what `plan` has found out, so that the next one need not, and drop what is past.

    Parameters
    ----------
    project : Project
        The course; no other build of it may be running.
    plan : Plan
        As it is now.

    Returns
    -------
    list of Finding
        What was damaged and could be mended without running anything.
    """
    settings = execution_settings(project)
    if not settings.has_results:
        return []
    store = manifest_store(project)
    results = ResultStore(settings.cache)
    kept = {}
    for episode in plan.episodes:
        code, manifest = episode.code, episode.manifest
        if manifest is None:
            continue
        current = dc.replace(manifest, page=code.page)
        if code.code_digest == manifest.code_digest:
            current = dc.replace(current, source_digest=code.source_digest)
        if current != manifest:
            # prose was edited, or the page was renamed
            store.write(current)
        kept[code.page] = (code.path, current)
    gone = sorted(plan.manifests.keys() - set(project.pages))
    for page in gone:
        store.remove(page)
        store.forget_failure(page)
        drop_videos(project, page)
    fits = {page: manifest.fits for page, (_, manifest) in kept.items()}
    write_fits(project, {**{page: [] for page in gone}, **fits})
    store.remove_unused_facts({page: manifest for page, (_, manifest) in kept.items()})
    results.drop_superseded(
        [episode.code.path for episode in plan.episodes],
        {manifest.result: path for path, manifest in kept.values()},
    )
    was_damaged = results.mend_index(
        kept[episode.page] for episode in plan.episodes if episode.has_results
    )
    if not was_damaged:
        return []
    message = "the index of the stored results was damaged; it was made anew from their records"
    return [Finding(CONFIG_NAME, None, message)]
