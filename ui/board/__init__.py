"""The live board: film.py packs snapshots into bytes, board.py hands them over, static/board/ draws them."""
