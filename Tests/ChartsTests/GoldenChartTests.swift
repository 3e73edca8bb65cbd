import Charts
import Foundation
import Testing

/// Pictures as they stand in Goldens/; LRBOUND_UPDATE_GOLDENS=1 writes them anew, to be looked at.
@Suite struct GoldenChartTests {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Goldens")

  static func expectGolden(_ text: String, _ name: String) throws {
    let file = folder.appendingPathComponent(name)
    if ProcessInfo.processInfo.environment["LRBOUND_UPDATE_GOLDENS"] == "1" {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try text.write(to: file, atomically: true, encoding: .utf8)
    }
    #expect(try text == String(contentsOf: file, encoding: .utf8), "\(name)")
  }

  @Test(arguments: ChartSamples.all.indices)
  func pictures(_ index: Int) throws {
    let (name, chart) = ChartSamples.all[index]
    try Self.expectGolden(chart.svg, "\(name).svg")
    try Self.expectGolden(chart.terminalText(), "\(name).txt")
    let plain = TerminalStyle(columns: 60, rows: 12, isASCII: true)
    try Self.expectGolden(chart.terminalText(plain), "\(name)-ascii.txt")
  }

  @Test func coloursAreTheOnlyDifference() {
    for (_, chart) in ChartSamples.all {
      let coloured = chart.terminalText(TerminalStyle(isColoured: true))
      var plain = ""
      var isInside = false
      for character in coloured {
        if character == "\u{1B}" { isInside = true }
        if !isInside { plain.append(character) }
        if character == "m" { isInside = false }
      }
      #expect(plain == chart.terminalText())
    }
    #expect(ChartSamples.lines.terminalText(TerminalStyle(isColoured: true)).contains("\u{1B}[34m"))
  }
}
