/// A text cut off with an ellipsis where it has more than so many characters.
func clipped(_ text: String, most: Int) -> String {
  text.count <= most ? text : text.prefix(max(0, most - 1)) + "…"
}
