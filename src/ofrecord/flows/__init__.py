"""The steps of the story that cross rooms, one file each."""
