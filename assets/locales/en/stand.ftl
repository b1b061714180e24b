# The lab's machines.
stand-io = { $doing }: { $error }.{ $full ->
    [1] { " " }The disk is full: make room, then try again. Nothing is lost.
   *[other] { "" }
}
