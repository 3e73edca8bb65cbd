import Numerics
import TestSupport
import Testing

@Suite struct LinearSystemTests {
  @Test func solvesRandomSystems() {
    var generator = SplitMix64(seed: 21)
    for size in 1...9 {
      var system = LinearSystem(size: size, columns: 2)
      system.matrix = system.matrix.map { _ in Double.random(in: -1...1, using: &generator) }
      system.right = system.right.map { _ in Double.random(in: -1...1, using: &generator) }
      let (matrix, right) = (system.matrix, system.right)
      let isRegular = system.solve()
      #expect(isRegular)
      for row in 0..<size {
        for column in 0..<2 {
          let product = (0..<size).reduce(0) {
            $0 + matrix[row * size + $1] * system.right[$1 * 2 + column]
          }
          #expect(abs(product - right[row * 2 + column]) < 1e-11)
        }
      }
    }
  }

  @Test func refusesSingularSystems() {
    var system = LinearSystem(size: 2, columns: 1)
    system.matrix = [1, 2, 2, 4]
    let isRegular = system.solve()
    #expect(!isRegular)
  }
}
