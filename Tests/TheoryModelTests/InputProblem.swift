import Support

/// Returns the problem that an input error names; nil where nothing is thrown.
func inputProblem<Value>(_ body: () throws -> Value) -> String? {
  do {
    _ = try body()
    return nil
  } catch {
    return (error as? InputError)?.problem
  }
}
