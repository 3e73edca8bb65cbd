import Foundation
import FoundationXML
import TestSupport
import Testing

@testable import Charts

/// Whatever the data: well-formed XML, finite coordinates inside the picture, lines no wider than the
/// terminal.
@Suite struct WellFormedTests {
  /// What an SVG file has, as a parser sees it.
  final class Reader: NSObject, XMLParserDelegate {
    var elements: [(name: String, attributes: [String: String])] = []

    func parser(
      _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
      qualifiedName: String?, attributes: [String: String]
    ) { elements.append((name, attributes)) }
  }

  static func check(_ chart: Chart, _ comment: String = "") {
    let svg = chart.svg
    let reader = Reader()
    let parser = XMLParser(data: Data(svg.utf8))
    parser.delegate = reader
    #expect(parser.parse(), "\(comment)")
    #expect(reader.elements.first?.name == "svg")
    let height = reader.elements.first.flatMap { Double($0.attributes["height"] ?? "") } ?? 0
    for (name, attributes) in reader.elements where name == "path" {
      let data = attributes["d"] ?? ""
      let numbers = data.split { !$0.isNumber && $0 != "." && $0 != "-" && !$0.isLetter }
        .flatMap { $0.split { $0.isLetter } }.map { Double($0) ?? .nan }
      let isInside = numbers.allSatisfy { $0 >= -1 && $0 <= max(761, height) }
      #expect(isInside, "\(comment) \(data.prefix(200))")
    }
    for isASCII in [true, false] {
      let style = TerminalStyle(columns: 72, rows: 10, isASCII: isASCII)
      let text = chart.terminalText(style)
      #expect(text.split(separator: "\n").allSatisfy { $0.count <= 72 }, "\(comment)")
      #expect(!isASCII || text.allSatisfy { $0.isASCII })
    }
  }

  @Test(arguments: ChartSamples.all.indices)
  func samples(_ index: Int) { Self.check(ChartSamples.all[index].chart) }

  @Test(arguments: sampled(0..<8))
  func randomData(_ seed: Int) {
    var generator = SplitMix64(seed: UInt64(seed))
    func value() -> Double {
      switch Int.random(in: 0..<12, using: &generator) {
      case 0: return .nan
      case 1: return Bool.random(using: &generator) ? .infinity : -.infinity
      case 2: return Double(bitPattern: UInt64.random(in: 0...UInt64.max, using: &generator))
      case 3:
        return [0, -0.0, 1e300, -1e300, .leastNonzeroMagnitude, 1e-300].randomElement(
          using: &generator) ?? 0
      case 4...7: return Double.random(in: -10...10, using: &generator)
      default: return Double(Int.random(in: 0...5, using: &generator))
      }
    }
    func values(_ count: Int) -> [Double] { (0..<count).map { _ in value() } }
    func axis() -> ChartAxis {
      ChartAxis(
        "axis", unit: Bool.random(using: &generator) ? "nats" : nil,
        spacing: Bool.random(using: &generator) ? .linear : .logarithmic,
        lowest: Int.random(in: 0..<3, using: &generator) == 0 ? value() : nil,
        highest: Int.random(in: 0..<3, using: &generator) == 0 ? value() : nil)
    }
    for round in 0..<60 {
      let series = (0..<Int.random(in: 0...4, using: &generator)).map { _ in
        let count = Int.random(in: 0...30, using: &generator)
        let mark: ChartSeries.Mark
        switch Int.random(in: 0..<5, using: &generator) {
        case 0: mark = .line(values(count))
        case 1: mark = .steps(values(count))
        case 2: mark = .points(values(count))
        case 3: mark = .band(lower: values(count), upper: values(count))
        default: mark = .intervals(lower: values(count), upper: values(count))
        }
        let isEven = Bool.random(using: &generator)
        let x = isEven ? Abscissae.evenly(first: value(), spacing: 1) : .values(values(count))
        return ChartSeries("<\(round)&", x: x, mark)
      }
      let references = (0..<Int.random(in: 0...2, using: &generator)).map { index in
        ChartReference("r", at: index == 0 ? .vertical(value()) : .horizontal(value()))
      }
      let chart = Chart(
        title: "seed \(seed)", x: axis(), y: axis(), series: series, references: references)
      Self.check(chart, "seed \(seed) round \(round)")
    }
  }

  @Test func coordinates() {
    for (value, text) in [
      (0.0, "0"), (-0.001, "0"), (1.005, "1"), (12.5, "12.5"), (3.07, "3.07"), (-4.25, "-4.25"),
      (99.999, "100"),
    ] {
      #expect(SVGText.coordinate(value) == text)
    }
    #expect(
      SVGText.escaped("<&\">\u{1}\n\u{FFFF}") == "&lt;&amp;&quot;&gt;\u{FFFD}\u{FFFD}\u{FFFD}")
  }

  @Test func plainTexts() {
    #expect(plainASCII("γ* (D/G, ×10⁻³)") == "gamma* (D/G, x10^-3)")
    #expect(plainASCII("Ω_t ≤ 10¹² – né\u{1B}") == "Omega_t <= 10^12 - n??")
    #expect(superscript(-307) == "⁻³⁰⁷")
  }

  /// Every colour has a contrast of at least 3 (WCAG 2) on white and on near-black.
  @Test func coloursCanBeReadOnBoth() throws {
    func luminance(_ colour: String) throws -> Double {
      let digits = try #require(Int(colour.dropFirst(), radix: 16))
      let parts = [16, 8, 0].map { shift in
        let part = Double(digits >> shift & 0xFF) / 255
        return part <= 0.03928 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4)
      }
      return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
    }
    let dark = try luminance("#0d1117")
    for colour in SVGPalette.series + [SVGPalette.ink.unknown] {
      let own = try luminance(colour)
      #expect(1.05 / (own + 0.05) >= 3, "\(colour) on white: \(1.05 / (own + 0.05))")
      #expect(
        (own + 0.05) / (dark + 0.05) >= 3, "\(colour) on dark: \((own + 0.05) / (dark + 0.05))")
    }
  }
}
