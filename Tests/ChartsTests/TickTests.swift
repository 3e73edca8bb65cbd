import Glibc
import TestSupport
import Testing

@testable import Charts

@Suite struct TickTests {
  static func ticks(
    _ range: ClosedRange<Double>, _ spacing: ChartAxis.Spacing, most: Int = 6, margin: Double = 0
  ) -> AxisTicks {
    let axis = ChartAxis("", spacing: spacing)
    return AxisTicks(of: AxisScale(axis, covering: range, margin: margin), most: most)
  }

  static let linear: [(ClosedRange<Double>, [String], Int)] = [
    (0...1, ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"], 0),
    (0...50_000, ["0", "10,000", "20,000", "30,000", "40,000", "50,000"], 0),
    (0...0.004, ["0.000", "0.001", "0.002", "0.003", "0.004"], 0),
    (-3...3, ["−3", "−2", "−1", "0", "1", "2", "3"], 0),
    (0...2e9, ["0.0", "0.5", "1.0", "1.5", "2.0"], 9),
    (1e-5...6e-5, ["1", "2", "3", "4", "5", "6"], -5),
    (
      7...7.0000001,
      [
        "7.00000000", "7.00000002", "7.00000004", "7.00000006", "7.00000008",
        "7.00000010",
      ], 0
    ),
  ]

  @Test(arguments: linear)
  func linearTicks(_ range: ClosedRange<Double>, _ labels: [String], _ power: Int) {
    let ticks = Self.ticks(range, .linear)
    #expect(ticks.labelled.map(\.text) == labels)
    #expect(ticks.powerOfTen == power)
  }

  static let logarithmic: [(ClosedRange<Double>, [String])] = [
    (1...1000, ["1", "10", "100", "1,000"]),
    (1e-5...0.1, ["10⁻⁵", "10⁻⁴", "10⁻³", "10⁻²", "10⁻¹"]),
    (1e-12...1e12, ["10⁻¹⁰", "10⁻⁵", "10⁰", "10⁵", "10¹⁰"]),
    (1...10, ["1", "2", "5", "10"]),
    (2e-5...1.1e-4, ["2×10⁻⁵", "5×10⁻⁵", "10⁻⁴"]),
    (2.1...2.4, ["2.10", "2.15", "2.20", "2.25", "2.30", "2.35", "2.40"]),
  ]

  @Test(arguments: logarithmic)
  func logarithmicTicks(_ range: ClosedRange<Double>, _ labels: [String]) {
    #expect(Self.ticks(range, .logarithmic).labelled.map(\.text) == labels)
  }

  /// Wherever an axis lies and however narrow it is: a few ticks, in order, inside, with different labels.
  @Test(arguments: [ChartAxis.Spacing.linear, .logarithmic])
  func randomRanges(_ spacing: ChartAxis.Spacing) throws {
    var generator = SplitMix64(seed: 11)
    for _ in 0..<3000 {
      let centre = pow(10, Double.random(in: -250...250, using: &generator))
      let width = pow(10, Double.random(in: -12...12, using: &generator))
      let other = centre * (1 + width)
      let sign = spacing == .linear && Bool.random(using: &generator) ? -1.0 : 1
      let range = sign > 0 ? centre...other : -other...(-centre)
      let most = Int.random(in: 2...12, using: &generator)
      let ticks = Self.ticks(range, spacing, most: most, margin: 0.05)
      let positions = ticks.labelled.map(\.position)
      #expect(positions.allSatisfy { (-1e-8...1 + 1e-8).contains($0) }, "\(range)")
      #expect(zip(positions, positions.dropFirst()).allSatisfy { $0 < $1 }, "\(range)")
      #expect(Set(ticks.labelled.map(\.text)).count == positions.count, "\(range)")
      #expect(positions.count >= 2 && positions.count <= max(2 * most, 8), "\(range) \(most)")
      #expect(ticks.minor.allSatisfy { (-1e-8...1 + 1e-8).contains($0) })
    }
  }

  /// A label and the power of ten that it leaves out say where the tick lies.
  @Test func labelsAreWhereTheySay() throws {
    var generator = SplitMix64(seed: 12)
    for _ in 0..<2000 {
      let low = Double.random(in: -1...1, using: &generator) * 1e3
      let scale = AxisScale(
        ChartAxis(""), covering: low...low + pow(10, .random(in: -4...12, using: &generator)),
        margin: 0)
      let ticks = AxisTicks(of: scale, most: 6)
      for tick in ticks.labelled {
        let plain = tick.text.filter { $0 != "," }.map { $0 == "−" ? "-" : $0 }
        let value = try #require(Double(String(plain))) * pow(10, Double(ticks.powerOfTen))
        #expect(abs(scale.position(value) - tick.position) < 1e-9)
      }
    }
  }

  @Test func oneValueAndNone() {
    for (value, spacing) in [
      (0.0, ChartAxis.Spacing.linear), (5, .linear), (-2, .linear), (1e-300, .logarithmic),
      (3, .logarithmic), (1e300, .linear),
    ] {
      let scale = AxisScale(ChartAxis("", spacing: spacing), covering: value...value, margin: 0.1)
      #expect(abs(scale.position(value) - 0.5) < 1e-9)
      #expect(AxisTicks(of: scale, most: 6).labelled.count >= 2)
    }
    let empty = AxisScale(ChartAxis(""), covering: nil, margin: 0.1)
    #expect(empty.lower < empty.upper)
  }

  @Test func givenEnds() {
    let axis = ChartAxis("", lowest: 0, highest: 2)
    let scale = AxisScale(axis, covering: 1...100, margin: 0.1)
    #expect(scale.position(0) == 0 && scale.position(2) == 1 && scale.position(100) == 50)
    let above = AxisScale(ChartAxis("", lowest: 10), covering: 1...2, margin: 0.1)
    #expect(above.lower == 10 && above.upper > 10)
    let below = AxisScale(ChartAxis("", highest: 1), covering: 5...9, margin: 0.1)
    #expect(below.upper == 1 && below.lower < 1)
    let nonsense = ChartAxis("", spacing: .logarithmic, lowest: -1, highest: 0)
    let shown = AxisScale(nonsense, covering: 1...100, margin: 0)
    #expect(shown.position(1) == 0 && shown.position(100) == 1)
  }
}
