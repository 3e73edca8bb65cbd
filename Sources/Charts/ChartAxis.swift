/// One axis of a chart: what it shows, in which unit, and how values lie along it.
public struct ChartAxis: Sendable {
  /// How values lie along an axis.
  public enum Spacing: Sendable {
    /// Equal differences are equally far apart.
    case linear

    /// Equal ratios are equally far apart; only positive values can be shown.
    case logarithmic
  }

  /// What the axis shows.
  public var label: String

  /// The unit of its values; nil for pure numbers.
  public var unit: String?

  /// How values lie along it.
  public var spacing: Spacing

  /// The value at the lower end, below which all is cut off; nil to follow the data.
  public var lowest: Double?

  /// The value at the upper end, above which all is cut off; nil to follow the data.
  public var highest: Double?

  /// An axis.
  ///
  /// - Parameters:
  ///   - label: what it shows.
  ///   - unit: the unit of its values; nil for pure numbers.
  ///   - spacing: how values lie along it.
  ///   - lowest: the value at its lower end; nil to follow the data.
  ///   - highest: the value at its upper end; nil to follow the data.
  public init(
    _ label: String, unit: String? = nil, spacing: Spacing = .linear, lowest: Double? = nil,
    highest: Double? = nil
  ) {
    self.label = label
    self.unit = unit
    self.spacing = spacing
    self.lowest = lowest
    self.highest = highest
  }

  /// The label with the unit and the power of ten that the tick labels leave out.
  func caption(powerOfTen: Int) -> String {
    let power = powerOfTen == 0 ? nil : "×10" + superscript(powerOfTen)
    let notes = [unit, power].compactMap { $0 }
    return notes.isEmpty ? label : "\(label) (\(notes.joined(separator: ", ")))"
  }
}
