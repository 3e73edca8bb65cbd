import Support

/// A family of schedules with its parameters, apart from warmup and floor, which most share.
///
/// Each has a file of its own and an entry in ``FamilyEntry/all``. In the plain convention (that of most
/// trainers) the first step of a decay still has the level that it decays from, and the last of n steps
/// has 1/n of it: `linear` is η_t = (T + 1 − t)/T.
package protocol ScheduleFamily: Equatable, Sendable {
  /// The name that the grammar prefers.
  var name: String { get }

  /// The options in canonical form, without warmup and floor.
  var options: [String] { get }

  /// The cooldown that every schedule of the family ends with.
  var cooldown: (extent: Extent, decay: Curve)? { get }

  /// Whether the warmup is a part of the family that cannot be left out.
  var needsWarmup: Bool { get }

  /// Whether ``segments(in:)`` has the warmup too, instead of what follows a linear one.
  var laysOutWarmup: Bool { get }

  /// The segments over the steps of a layout.
  func segments(in layout: SpecLayout) throws(InputError) -> [Segment]
}

extension ScheduleFamily {
  package var options: [String] { [] }
  package var cooldown: (extent: Extent, decay: Curve)? { nil }
  package var needsWarmup: Bool { false }
  package var laysOutWarmup: Bool { needsWarmup }

  func equals(_ other: any ScheduleFamily) -> Bool { other as? Self == self }
}

/// What the grammar knows of a family: its names, examples and how to read its options.
package struct FamilyEntry: Sendable {
  /// What a number written behind the name means, as in `wsd20`.
  enum Percentage: Equatable {
    /// The length of the cooldown; the one meaning that is read. Others only shape the hint.
    case cooldown

    /// That of a cooldown with a decay.
    case cooldownOf(decay: String)

    /// The floor.
    case floor

    /// A power.
    case power

    /// Nothing known.
    case unknown
  }

  /// The name that the grammar prefers.
  package let name: String

  /// What people also call it.
  package var aliases: [String] = []

  var percentage = Percentage.unknown

  /// The multipliers, for a reader; u is the progress of a decay.
  package let summary: String

  /// Specs that people would type; they have all keys of the family.
  package let examples: [String]

  /// Takes the options.
  let read: @Sendable (inout SpecParser) throws(InputError) -> ScheduleSpec

  /// All families, in the order in which help and tables list them.
  package static let all: [FamilyEntry] =
    [
      ConstantFamily.entry, LinearFamily.entry, CosineFamily.entry, WSDFamily.entry,
      WSDFamily.wholeRunEntry, InverseSquareRootFamily.entry, PolynomialFamily.entry,
      REXFamily.entry, OneCycleFamily.entry, RepeatedWSDFamily.entry, TwoStageFamily.entry,
      PiecewiseFamily.entry,
    ] + ShapeFamily.allCases.map(\.entry)

  /// The family of a name or an alias.
  static func named(_ word: String) -> FamilyEntry? {
    all.first { $0.name == word || $0.aliases.contains(word) }
  }

  /// All names, for a message.
  static var list: String { all.map(\.name).joined(separator: ", ") }
}
