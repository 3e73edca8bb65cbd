extension ScheduleSpec {
  /// Understands a spec of the grammar `name[percent][:key=value,…]`, in any case of letters.
  ///
  /// - Parameter text: for example `wsd20`, `cosine:min=0.1`, `wsd:cooldown=5000steps,decay=1-sqrt` or
  ///   `@schedule.csv` (whose file is not opened here).
  /// - Throws: ``ScheduleError`` naming the character at fault and what to write instead.
  /// - Complexity: O(length).
  public init(_ text: String) throws(ScheduleError) {
    if text.hasPrefix("@") {
      let path = String(text.dropFirst())
      if path.isEmpty {
        throw ScheduleError(
          input: text, position: 1, problem: "no file is named after '@'",
          remedy: "write @schedule.csv, or @- for standard input")
      }
      self.init(text: text, family: .file(path: path))
      return
    }
    var parser = try SpecParser(text)
    self = try parser.parse()
  }
}
