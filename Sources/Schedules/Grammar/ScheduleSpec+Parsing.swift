extension ScheduleSpec {
  /// Understands a spec of the grammar `name[percent][:key=value,…]`, in any case of letters.
  ///
  /// - Parameter text: for example `wsd20`, `cosine:min=0.1`, `wsd:cooldown=5000steps,decay=1-sqrt`.
  /// - Throws: ``ScheduleError`` naming the character at fault and what to write instead.
  /// - Complexity: O(length).
  public init(_ text: String) throws(ScheduleError) {
    if text.hasPrefix("@") {
      throw ScheduleError(
        input: text, position: 1, problem: "a file is not a schedule's name",
        hint: "write the schedule, for example wsd20")
    }
    var parser = try SpecParser(text)
    self = try parser.parse()
  }
}
