"""The room of S7 and S2: JCM from idea to credit, and Article 6 accounts on the same ledger."""
