import Foundation
import Testing

/// What the targets import: without Foundation the static binary stays small and starts quickly.
@Suite struct ImportTests {
  static let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../Sources").standardizedFileURL

  /// The targets that touch the system.
  static let withEssentials: Set = ["Runs", "Workloads", "lrbound"]

  /// The modules that the Swift files of a target import.
  private func imports(of target: String) throws -> Set<String> {
    let folder = Self.sources.appendingPathComponent(target)
    let files = try #require(
      FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
    var modules: Set<String> = []
    for case let file as URL in files where file.pathExtension == "swift" {
      for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
        guard let match = line.prefixMatch(of: /(?:@?\w+ )*import (?:\w+ )?(\w+)/) else { continue }
        modules.insert(String(match.1))
      }
    }
    return modules
  }

  @Test func foundationStaysOut() throws {
    let targets = try FileManager.default.contentsOfDirectory(atPath: Self.sources.path)
      .filter { !$0.hasPrefix(".") && $0 != "Benchmarks" }
    #expect(targets.count >= 10)
    for target in targets {
      let modules = try imports(of: target)
      #expect(!modules.isEmpty, "\(target)")
      #expect(
        modules.isDisjoint(with: ["Foundation", "FoundationInternationalization"]), "\(target)")
      #expect(
        modules.contains("FoundationEssentials") == Self.withEssentials.contains(target),
        "\(target)")
      #expect(modules.contains("ArgumentParser") == (target == "lrbound"), "\(target)")
    }
  }
}
