"""The engine room: the one writer, the dispatcher and the timetable."""
