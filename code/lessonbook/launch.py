"""Addresses at which others' machines run a notebook of the course."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

SERVICES = ("binderhub_url", "jupyterhub_url", "colab_url")
"""Names below ``launch_buttons`` in the configuration, as Jupyter Book has them."""


@dataclass(frozen=True)
class Repository:
    """Where the course's sources and its notebooks are.

    Attributes
    ----------
    url : str
        Such as ``https://github.com/someone/lesson``.
    branch : str
        Of the sources, from which Binder makes its machine.
    notebooks : str
        The branch that holds the notebooks, where the site has them.
    """

    url: str
    branch: str
    notebooks: str

    @property
    def name(self) -> str:
        """The last part of the address, which is the folder that git makes."""
        return self._parts[-1]

    @property
    def owner(self) -> str:
        """All before it: one name, or a path of groups."""
        return "/".join(self._parts[:-1])

    @property
    def host(self) -> str:
        """The host, without its port."""
        return urlsplit(self.url).hostname or ""

    @property
    def _parts(self) -> list[str]:
        return urlsplit(self.url).path.removesuffix(".git").strip("/").split("/")


def launch_links(
    repository: Repository, notebook: str, services: Mapping[str, Any]
) -> Iterator[tuple[str, str]]:
    """Go through the places that can run a notebook.

    Parameters
    ----------
    repository : Repository
    notebook : str
        Path of the notebook in the branch of notebooks.
    services : mapping of str to str
        Addresses of the services by their names in `SERVICES`.

    Yields
    ------
    tuple of str, str
        What the place is called, and the address.

    Examples
    --------
    >>> repository = Repository("https://github.com/someone/lesson", "main", "notebooks")
    >>> services = {"colab_url": "https://colab.research.google.com", "binderhub_url": ""}
    >>> dict(launch_links(repository, "episodes/one.ipynb", services))["Colab"]
    'https://colab.research.google.com/github/someone/lesson/blob/notebooks/episodes/one.ipynb'
    """
    address = {name: str(services.get(name) or "").rstrip("/") for name in SERVICES}
    # both fetch the branch of notebooks with nbgitpuller, whatever their own machine came from
    pull = urlencode(
        {
            "repo": repository.url,
            "branch": repository.notebooks,
            "urlpath": f"lab/tree/{repository.name}/{quote(notebook)}",
        }
    )
    if address["binderhub_url"]:
        start = f"{address['binderhub_url']}/v2/{_binder_path(repository)}"
        yield "Binder", f"{start}?{urlencode({'urlpath': f'git-pull?{pull}'})}"
    if address["jupyterhub_url"]:
        yield "JupyterHub", f"{address['jupyterhub_url']}/hub/user-redirect/git-pull?{pull}"
    # it opens what is on GitHub, and nothing else
    if address["colab_url"] and repository.host == "github.com":
        place = f"{repository.owner}/{repository.name}/blob/{quote(repository.notebooks)}"
        yield "Colab", f"{address['colab_url']}/github/{place}/{quote(notebook)}"


def _binder_path(repository: Repository) -> str:
    branch = quote(repository.branch, safe="")
    if repository.host == "github.com":
        return f"gh/{repository.owner}/{repository.name}/{branch}"
    if repository.host == "gitlab.com":
        return f"gl/{quote(f'{repository.owner}/{repository.name}', safe='')}/{branch}"
    return f"git/{quote(repository.url, safe='')}/{branch}"
