# Words common to the whole application.
status-pass = met
status-fail = not met
status-unknown = cannot tell
status-waiting = waiting
status-lost = lost
status-points = { $points ->
    [one] { $points } pt
   *[other] { $points } pts
}
