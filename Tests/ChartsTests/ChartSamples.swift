import Charts
import Glibc

/// Charts of every kind, for looking at and for comparing with what was drawn before.
enum ChartSamples {
  static let all: [(name: String, chart: Chart)] = [
    ("lines", lines), ("logarithmic", logarithmic), ("marks", marks), ("empty", empty),
    ("point", point), ("gaps", gaps), ("escaping", escaping), ("many", many),
    ("estimates", estimates),
  ]

  private static let steps = ChartAxis("step")

  /// Several lines with reference lines.
  static var lines: Chart {
    let count = 200
    func series(_ name: String, _ value: (Double) -> Double) -> ChartSeries {
      ChartSeries(
        name, x: .evenly(first: 1, spacing: 250),
        .line((0..<count).map { value(Double($0) / Double(count)) }))
    }
    return Chart(
      title: "Learning rates over the run", x: steps,
      y: ChartAxis("learning rate", lowest: 0),
      series: [
        series("linear") { 1e-3 * (1 - $0) },
        series("cosine") { 5e-4 * (1 + cos(.pi * $0)) },
        series("wsd20") { 1e-3 * min(1, (1 - $0) / 0.2) },
      ],
      references: [
        ChartReference("cooldown starts", at: .vertical(40_000)),
        ChartReference("half", at: .horizontal(5e-4)),
      ])
  }

  /// Logarithmic axes, and points that have no place on them.
  static var logarithmic: Chart {
    let factors = (-2...10).map { pow(2, Double($0)) }
    return Chart(
      title: "What a base learning rate off by ρ costs",
      x: ChartAxis("ρ = γ/γ*", spacing: .logarithmic),
      y: ChartAxis("Ω(ργ*)/Ω*", spacing: .logarithmic),
      series: [
        ChartSeries("constant", x: .values(factors), .line(factors.map { ($0 + 1 / $0) / 2 })),
        ChartSeries("linear", x: .values([0] + factors), .line([1] + factors.map { cbrt($0) })),
        ChartSeries("seen", x: .values([1, 4, 16, 64]), .points([1.1, 1.4, -1, 6])),
      ])
  }

  /// A staircase, a band, bars and points.
  static var marks: Chart {
    let x = (0...20).map(Double.init)
    return Chart(
      title: "Every kind of mark", x: ChartAxis("tokens", unit: "billions"),
      y: ChartAxis("loss", unit: "nats"),
      series: [
        ChartSeries(
          "interval", x: .values(x),
          .band(lower: x.map { 2.8 - 0.03 * $0 }, upper: x.map { 3.4 - 0.05 * $0 })),
        ChartSeries("plan", x: .values(x), .steps(x.map { 3.2 - 0.2 * ($0 / 5).rounded(.down) })),
        ChartSeries(
          "measured", x: .values([3, 9, 15]),
          .intervals(lower: [2.8, 2.5, 2.4], upper: [3, 2.9, 2.5])),
        ChartSeries("best", x: .values([3, 9, 15]), .points([2.9, 2.65, 2.45])),
      ])
  }

  /// Dots with ranges, and the diagonal, on logarithmic axes; one range leaves the picture.
  static var estimates: Chart {
    let measured = [3e-4, 5e-4, 8e-4, 1.2e-3, 2.5e-3]
    let predicted = [3.4e-4, 4.5e-4, 9e-4, 1.1e-3, 2.2e-3]
    return Chart(
      title: "Predicted and measured", x: ChartAxis("measured", spacing: .logarithmic),
      y: ChartAxis("predicted", spacing: .logarithmic, lowest: 2.5e-4),
      series: [
        ChartSeries(
          "law", x: .values(measured),
          .estimates(
            predicted, lower: predicted.map { 0.6 * $0 }, upper: predicted.map { 1.5 * $0 })),
        ChartSeries("same", x: .values(measured), .points(measured.map { _ in 8e-4 })),
      ],
      references: [ChartReference("predicted = measured", at: .diagonal)])
  }

  static var empty: Chart {
    Chart(
      title: "Nothing", x: steps, y: ChartAxis("Ω_t", unit: "D·G", spacing: .logarithmic),
      series: [ChartSeries("nothing", x: .values([1, 2]), .line([.nan, -1]))])
  }

  static var point: Chart {
    Chart(
      title: "One point", x: steps, y: ChartAxis("Ω_t", unit: "D·G", spacing: .logarithmic),
      series: [ChartSeries("", x: .values([1]), .line([0.02]))])
  }

  static var gaps: Chart {
    let values = (0..<200).map { index -> Double in
      if index / 20 % 3 == 1 { return .nan }
      return index == 150 ? .infinity : sin(Double(index) / 15) * 3e-5
    }
    return Chart(
      title: "Gaps", x: steps, y: ChartAxis("change", unit: "nats"),
      series: [ChartSeries("", x: .evenly(first: 0, spacing: 1), .line(values))])
  }

  static var escaping: Chart {
    Chart(
      title:
        "<a & \"b\"> in a title that goes on for much longer than there is room for in one line of a picture",
      x: ChartAxis("x < y & z"), y: ChartAxis("\"quoted\""),
      series: [
        ChartSeries("@runs/<a>&\"b\"\u{1B}[31m\n.csv", x: .values([1, 2]), .line([1, 2])),
        ChartSeries(
          "a name of a file that is so long that it has to be cut off somewhere before its end, here",
          x: .values([1, 2]), .line([2, 1])),
      ])
  }

  /// More series than there are colours, and a legend of several rows.
  static var many: Chart {
    Chart(
      title: "Eleven powers", x: ChartAxis("u"), y: ChartAxis("(1 − u)^p"),
      series: (1...11).map { power in
        ChartSeries(
          "poly:power=\(power)", x: .evenly(first: 0, spacing: 0.01),
          .line((0...100).map { pow(1 - Double($0) / 100, Double(power) / 3) }))
      })
  }
}
