@main struct Mottle { static func main() { } }
