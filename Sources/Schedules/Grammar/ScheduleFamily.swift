import Support

/// A family of schedules with its parameters; warmup and floor are shared by most.
///
/// Decays start at the level they decay from, and the last of n steps has 1/n of it: `linear` is η_t = (T + 1 −
/// t)/T.
package protocol ScheduleFamily: Equatable, Sendable {
  var name: String { get }

  var options: [String] { get }

  /// The cooldown at the end of every schedule of the family.
  var cooldown: (extent: Extent, decay: Curve)? { get }

  var needsWarmup: Bool { get }

  /// Whether ``segments(in:)`` includes the warmup; otherwise a linear one comes before.
  var laysOutWarmup: Bool { get }

  func segments(in layout: SpecLayout) throws(InputError) -> [Segment]
}

extension ScheduleFamily {
  package var options: [String] { [] }
  package var cooldown: (extent: Extent, decay: Curve)? { nil }
  package var needsWarmup: Bool { false }
  package var laysOutWarmup: Bool { needsWarmup }

  func equals(_ other: any ScheduleFamily) -> Bool { other as? Self == self }
}

/// A family's names, examples and reader in the grammar.
package struct FamilyEntry: Sendable {
  /// The meaning of a number after the name, as in `wsd20`.
  enum Percentage: Equatable {
    /// The length of the cooldown, the only meaning accepted; the others only shape the hint.
    case cooldown

    /// The length of a cooldown with the given decay.
    case cooldownOf(decay: String)

    case floor

    case power

    case unknown
  }

  package let name: String

  package var aliases: [String] = []

  var percentage = Percentage.unknown

  /// The multipliers in words or as a formula of the progress u.
  package let summary: String

  /// Specs that together use every key of the family.
  package let examples: [String]

  let read: @Sendable (inout SpecParser) throws(InputError) -> ScheduleSpec

  /// All families, in the order of help and tables.
  package static let all: [FamilyEntry] =
    [
      ConstantFamily.entry, LinearFamily.entry, CosineFamily.entry, WSDFamily.entry,
      WSDFamily.wholeRunEntry, InverseSquareRootFamily.entry, PolynomialFamily.entry,
      REXFamily.entry, OneCycleFamily.entry, RepeatedWSDFamily.entry, TwoStageFamily.entry,
      PiecewiseFamily.entry,
    ] + ShapeFamily.allCases.map(\.entry)

  static func named(_ word: String) -> FamilyEntry? {
    all.first { $0.name == word || $0.aliases.contains(word) }
  }

  static var list: String { all.map(\.name).joined(separator: ", ") }
}
