"""What explorers paint: axes whose artists are created once and only moved afterwards.

One name a topic: `panels.NAME` has the whole picture of the explorer NAME, a `Panels` or a function
that makes a diagram, and the panels that only it shows. The other modules have what several show.
"""
