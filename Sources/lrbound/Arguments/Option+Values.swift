import ArgumentParser

/// The one way in which options are declared: help, the value's name in it, and how the text becomes a value.
///
/// Every value may begin with a dash, so that `-1` is refused as a number and not as an option.
extension Option {
  /// An option that may be left out.
  init<Given>(
    _ help: String, _ valueName: String, name: NameSpecification = .long,
    completion: CompletionKind? = nil, transform: @Sendable @escaping (String) throws -> Given
  ) where Value == Given? {
    self.init(
      name: name, parsing: .unconditional, help: ArgumentHelp(help, valueName: valueName),
      completion: completion, transform: transform)
  }

  /// An option that must be given.
  init(
    required help: String, _ valueName: String, completion: CompletionKind? = nil,
    transform: @Sendable @escaping (String) throws -> Value
  ) {
    self.init(
      parsing: .unconditional, help: ArgumentHelp(help, valueName: valueName),
      completion: completion, transform: transform)
  }

  /// An option that stands for a text, such as a path.
  init(_ help: String, _ valueName: String, completion: CompletionKind? = nil)
  where Value == String? {
    self.init(help, valueName, completion: completion) { $0 }
  }

  /// An option that may be given again.
  init<Given>(
    wrappedValue: [Given] = [], repeated help: String, _ valueName: String,
    completion: CompletionKind? = nil, transform: @Sendable @escaping (String) throws -> Given
  ) where Value == [Given] {
    self.init(
      wrappedValue: wrappedValue, parsing: .unconditionalSingleValue,
      help: ArgumentHelp(help, valueName: valueName), completion: completion,
      transform: transform)
  }

}
