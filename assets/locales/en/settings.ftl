# Settings: settings.toml
settings-head = Settings of Paillasse. A line that is not there keeps what is usual.
    Keys that can be used: F1 to F20, Ctrl-letter, Alt-letter.
settings-where = Settings file: { $file }
settings-where-none = Settings file: { $file } (not there yet: create it with what follows)
settings-unreadable = The file { $file } can't be read: { $error }
settings-not-a-key = “{ $text }” is not a key that can be used here
settings-not-a-key-help = write F1 to F20, Ctrl-letter or Alt-letter (Ctrl-C always leaves): the other keys are for writing
settings-key-taken = “{ $function }” takes the key of “{ $other }”
settings-key-taken-help = choose another key, or give “{ $other }” another one too
settings-key-quits = Ctrl-C always leaves: this key can do nothing else
settings-not-kept = The colours change now, but the setting could not be kept in { $file }: { $error }
settings-key-help = help of the screen
settings-key-language = other language
settings-key-hint = ask for a hint
settings-key-desk = ticket and report
settings-key-check = check
settings-key-switch = from the instructions to the terminal, and back
settings-key-leave = out of the terminal, even when a program fills it
settings-key-next-shell = next terminal
settings-key-new-shell = new terminal
settings-key-reset = put a machine back
settings-key-finish = finish
settings-key-zoom = terminal on the whole screen
settings-key-palette = find anything by its name
