"""The live board: film.py packs what the engine says into bytes, board.py hands them to the browser, static/board draws."""
